/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IOP model: the PCI function, its properties and its interrupts.  README says how to use
 * them.
 */
#include "iop.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qemu/module.h"

/* The line that all units share, where there are no messages */
void iop_update_line(IopState *s)
{
    PCIDevice *pci = PCI_DEVICE(s);
    bool level = false;
    unsigned i;

    if (msix_enabled(pci) || msi_enabled(pci)) {
        return;
    }
    for (i = 0; i < IOP_NR_UNITS; i++) {
        level |= s->unit[i].signal && !s->gone;
    }
    pci_set_irq(pci, level);
}

/* A message for what is new. */
void iop_interrupt(IopUnit *u, uint32_t flags)
{
    IopState *s = u->dev;
    PCIDevice *pci = PCI_DEVICE(s);

    if (s->gone) {
        return;
    }
    s->nr_irqs++;
    u->signal |= flags;
    if (msix_enabled(pci)) {
        msix_notify(pci, u->nr);
    } else if (msi_enabled(pci)) {
        msi_notify(pci, 0);
    } else {
        iop_update_line(s);
    }
}

static uint32_t iop_read_config(PCIDevice *pci, uint32_t addr, int len)
{
    return IOP(pci)->gone ? ~0u : pci_default_read_config(pci, addr, len);
}

static void iop_write_config(PCIDevice *pci, uint32_t addr, uint32_t value, int len)
{
    if (!IOP(pci)->gone) {
        pci_default_write_config(pci, addr, value, len);
    }
}

static bool iop_init_vectors(PCIDevice *pci, Error **errp)
{
    IopState *s = IOP(pci);
    unsigned i;

    pci_config_set_interrupt_pin(pci->config, 1);
    if (s->has_msi && msi_init(pci, IOP_CFG_MSI, 1, true, false, errp)) {
        return false;
    }
    if (s->has_msix) {
        if (msix_init(pci, IOP_NR_UNITS, &s->mmio, 0, IOP_MSIX_TABLE, &s->mmio, 0, IOP_MSIX_PBA,
                      IOP_CFG_MSIX, errp)) {
            return false;
        }
        for (i = 0; i < IOP_NR_UNITS; i++) {
            msix_vector_use(pci, i);
        }
    }
    return true;
}

static void iop_realize(PCIDevice *pci, Error **errp)
{
    IopState *s = IOP(pci);
    unsigned i;

    memory_region_init(&s->mmio, OBJECT(s), "iop", IOP_MMIO_SIZE);
    for (i = 0; i < IOP_NR_UNITS; i++) {
        iop_unit_init(&s->unit[i], s, i);
        memory_region_init_io(&s->unit[i].regs, OBJECT(s), &iop_unit_ops, &s->unit[i],
                              s->unit[i].kind->name, IOP_WINDOW);
        memory_region_add_subregion(&s->mmio, i * IOP_WINDOW, &s->unit[i].regs);
    }
    pci_register_bar(pci, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
    iop_init_vectors(pci, errp);
}

static void iop_exit(PCIDevice *pci)
{
    IopState *s = IOP(pci);
    unsigned i;

    for (i = 0; i < IOP_NR_UNITS; i++) {
        iop_unit_free(&s->unit[i]);
    }
    if (msix_present(pci)) {
        msix_uninit(pci, &s->mmio, &s->mmio);
    }
    msi_uninit(pci);
}

static void iop_reset(DeviceState *dev)
{
    IopState *s = IOP(dev);
    unsigned i;

    for (i = 0; i < IOP_NR_UNITS; i++) {
        iop_unit_reset(&s->unit[i]);
    }
    iop_update_line(s);
}

/* Setting says which from now on, reading how many are left until then. */
static void iop_get_fault(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    IopFault *f = opaque;

    visit_type_uint32(v, name, &f->left, errp);
}

static void iop_set_fault(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    IopFault *f = opaque;

    if (visit_type_uint32(v, name, &f->nth, errp)) {
        f->left = f->nth;
    }
}

static bool iop_get_repeat(Object *obj, Error **errp)
{
    return IOP(obj)->repeat;
}

static void iop_set_repeat(Object *obj, bool value, Error **errp)
{
    IOP(obj)->repeat = value;
}

static bool iop_get_gone(Object *obj, Error **errp)
{
    return IOP(obj)->gone;
}

static void iop_set_gone(Object *obj, bool value, Error **errp)
{
    IopState *s = IOP(obj);

    s->gone = value;
    if (DEVICE(obj)->realized) {
        /* What comes back is as after power on. */
        iop_reset(DEVICE(obj));
    }
}

/* These can be set on the command line, and while the machine runs. */
static void iop_instance_init(Object *obj)
{
    static const char *const faults[IOP_NR_FAULTS] = {
        [IOP_FAULT_ERROR] = "error-nth",
        [IOP_FAULT_HANG] = "hang-nth",
        [IOP_FAULT_STUCK] = "stuck-nth",
        [IOP_FAULT_LOSE_IRQ] = "lose-irq-nth",
        [IOP_FAULT_LOSE_RESUME] = "lose-resume-nth",
    };
    static const char *const executed[IOP_NR_UNITS] = {
        [IOP_DMA] = "executed-dma",
        [IOP_AAU] = "executed-aau",
        [IOP_ADMA] = "executed-adma",
    };
    IopState *s = IOP(obj);
    unsigned i;

    s->units = (1u << IOP_NR_UNITS) - 1;
    for (i = 0; i < IOP_NR_FAULTS; i++) {
        object_property_add(obj, faults[i], "uint32", iop_get_fault, iop_set_fault, NULL,
                            &s->fault[i]);
    }
    for (i = 0; i < IOP_NR_UNITS; i++) {
        object_property_add_uint64_ptr(obj, executed[i], &s->unit[i].nr_executed, OBJ_PROP_FLAG_READ);
    }
    object_property_add_uint32_ptr(obj, "error", &s->error, OBJ_PROP_FLAG_READWRITE);
    object_property_add_uint32_ptr(obj, "units", &s->units, OBJ_PROP_FLAG_READWRITE);
    object_property_add_bool(obj, "repeat", iop_get_repeat, iop_set_repeat);
    object_property_add_bool(obj, "gone", iop_get_gone, iop_set_gone);
    object_property_add_uint64_ptr(obj, "irqs", &s->nr_irqs, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "errors", &s->nr_errors, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "faults", &s->nr_faults, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "violations", &s->nr_violations, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "appended", &s->nr_appended, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "resumed", &s->nr_resumed, OBJ_PROP_FLAG_READ);
}

static Property iop_properties[] = {
    DEFINE_PROP_UINT32("delay-ns", IopState, delay_ns, 0),
    DEFINE_PROP_BOOL("msix", IopState, has_msix, true),
    DEFINE_PROP_BOOL("msi", IopState, has_msi, true),
    DEFINE_PROP_END_OF_LIST(),
};

static const VMStateDescription iop_vmstate = {
    .name = TYPE_IOP,
    .unmigratable = 1,
};

static void iop_class_init(ObjectClass *class, void *data)
{
    PCIDeviceClass *pci = PCI_DEVICE_CLASS(class);
    DeviceClass *dev = DEVICE_CLASS(class);

    pci->realize = iop_realize;
    pci->exit = iop_exit;
    pci->config_read = iop_read_config;
    pci->config_write = iop_write_config;
    /* Of the numbers that are left to experiments */
    pci->vendor_id = PCI_VENDOR_ID_REDHAT_QUMRANET;
    pci->device_id = 0x10f2;
    pci->class_id = PCI_CLASS_SYSTEM_OTHER;
    dev->desc = "units of Intel I/O processors";
    dev->reset = iop_reset;
    dev->vmsd = &iop_vmstate;
    device_class_set_props(dev, iop_properties);
    set_bit(DEVICE_CATEGORY_MISC, dev->categories);
}

static const TypeInfo iop_info = {
    .name = TYPE_IOP,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(IopState),
    .instance_init = iop_instance_init,
    .class_init = iop_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void iop_register(void)
{
    type_register_static(&iop_info);
}

type_init(iop_register)
