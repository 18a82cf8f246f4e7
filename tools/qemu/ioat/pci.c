/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/OAT model: the PCI function, its properties and its interrupts.  README says how
 * to use them.
 */
#include "ioat.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie_aer.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qemu/module.h"

#define V32 (IOAT_CAP_PAGE_BREAK | IOAT_CAP_FILL | IOAT_CAP_XOR | IOAT_CAP_PQ)
#define V33 (IOAT_CAP_PAGE_BREAK | IOAT_CAP_PQ | IOAT_CAP_DWBES | IOAT_CAP_RAID16SS)
#define V34 (V33 | IOAT_CAP_XOR | IOAT_CAP_DPS)

/* One part of each generation, and one whose RAID drivers take away. */
static const struct {
    uint16_t device_id;
    uint8_t version;
    bool loses_vector;
    uint32_t cap;
} ioat_parts[] = {
    { 0x3430, 0x32, false, V32 },
    { 0x3710, 0x32, false, V32 },
    { 0x0c50, 0x33, true, V33 },
    { 0x0b00, 0x34, false, V34 },
};

/* Messages are sent when the line would rise. */
void ioat_update_line(IoatState *s)
{
    PCIDevice *pci = PCI_DEVICE(s);
    bool level = s->attn && (s->intrctrl & IOAT_INTRCTRL_MASTER) && !s->gone;
    bool rises = level && !s->level;

    s->level = level;
    if (msix_enabled(pci)) {
        return;
    }
    if (!msi_enabled(pci)) {
        pci_set_irq(pci, level);
    } else if (rises) {
        msi_notify(pci, 0);
    }
}

void ioat_interrupt(IoatChan *c)
{
    IoatState *s = c->dev;
    PCIDevice *pci = PCI_DEVICE(s);

    if (s->gone) {
        return;
    }
    s->nr_irqs++;
    if (!msix_enabled(pci)) {
        s->attn |= 1u << c->nr;
        ioat_update_line(s);
    } else if ((s->intrctrl & IOAT_INTRCTRL_VECTORS) && (s->intrctrl & IOAT_INTRCTRL_MASTER)) {
        msix_notify(pci, c->nr);
    }
}

/* Before version 3.3, errors appear in the configuration space as well. */
void ioat_log_error(IoatState *s, uint32_t err)
{
    PCIDevice *pci = PCI_DEVICE(s);

    if (s->version < 0x33 && pci_config_size(pci) > IOAT_CFG_CHANERR) {
        pci_set_long(pci->config + IOAT_CFG_CHANERR,
                     pci_get_long(pci->config + IOAT_CFG_CHANERR) | err);
    }
}

/*
 * An erratum of version 3.3: the reset of a channel, of whichever, leaves the first entry of
 * MSI-X's table as after power on.
 */
void ioat_lose_vector(IoatState *s)
{
    PCIDevice *pci = PCI_DEVICE(s);

    if (s->loses_vector && msix_present(pci)) {
        memset(pci->msix_table, 0, PCI_MSIX_ENTRY_SIZE);
        pci_set_long(pci->msix_table + PCI_MSIX_ENTRY_VECTOR_CTRL, PCI_MSIX_ENTRY_CTRL_MASKBIT);
    }
}

static uint32_t ioat_read_config(PCIDevice *pci, uint32_t addr, int len)
{
    return IOAT(pci)->gone ? ~0u : pci_default_read_config(pci, addr, len);
}

static void ioat_write_config(PCIDevice *pci, uint32_t addr, uint32_t value, int len)
{
    if (!IOAT(pci)->gone) {
        pci_default_write_config(pci, addr, value, len);
    }
}

/* Registers that ones written to them clear */
static void ioat_init_error_register(PCIDevice *pci, unsigned addr)
{
    pci_set_long(pci->wmask + addr, 0);
    pci_set_long(pci->w1cmask + addr, ~0u);
}

/* Those of the function as it is on a PCI Express bus */
static bool ioat_init_express(PCIDevice *pci, Error **errp)
{
    if (!pci_bus_is_express(pci_get_bus(pci))) {
        return true;
    }
    if (pcie_endpoint_cap_init(pci, IOAT_CFG_EXPRESS) < 0) {
        error_setg(errp, "ioat: no PCI Express capability");
        return false;
    }
    /* The guest may have errors reported. */
    pcie_cap_deverr_init(pci);
    if (pcie_aer_init(pci, PCI_ERR_VER, IOAT_CFG_AER, PCI_ERR_SIZEOF, errp) < 0) {
        return false;
    }
    ioat_init_error_register(pci, IOAT_CFG_UNCERRSTS);
    ioat_init_error_register(pci, IOAT_CFG_CHANERR);
    return true;
}

static bool ioat_init_vectors(PCIDevice *pci, Error **errp)
{
    IoatState *s = IOAT(pci);
    unsigned i;

    pci_config_set_interrupt_pin(pci->config, 1);
    if (s->has_msi && msi_init(pci, IOAT_CFG_MSI, 1, true, false, errp)) {
        return false;
    }
    if (s->has_msix) {
        if (msix_init(pci, s->nr_chans, &s->mmio, 0, IOAT_MSIX_TABLE, &s->mmio, 0, IOAT_MSIX_PBA,
                      IOAT_CFG_MSIX, errp)) {
            return false;
        }
        for (i = 0; i < s->nr_chans; i++) {
            msix_vector_use(pci, i);
        }
    }
    return true;
}

static bool ioat_init_part(IoatState *s, Error **errp)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(ioat_parts); i++) {
        if (ioat_parts[i].device_id == s->device_id) {
            s->version = ioat_parts[i].version;
            s->loses_vector = ioat_parts[i].loses_vector;
            s->cap = ioat_parts[i].cap & (s->wanted | ~IOAT_CAP_OPTIONAL);
            if (!(s->cap & IOAT_CAP_PQ)) {
                s->cap &= ~IOAT_CAP_RAID16SS;
            }
            return true;
        }
    }
    error_setg(errp, "ioat: no part with device id 0x%04x", s->device_id);
    return false;
}

static void ioat_realize(PCIDevice *pci, Error **errp)
{
    IoatState *s = IOAT(pci);
    unsigned i;

    if (!s->nr_chans || s->nr_chans > IOAT_MAX_CHANS) {
        error_setg(errp, "ioat: channels must be 1 to %d", IOAT_MAX_CHANS);
        return;
    }
    if (!ioat_init_part(s, errp)) {
        return;
    }
    pci_config_set_device_id(pci->config, s->device_id);

    memory_region_init(&s->mmio, OBJECT(s), "ioat", IOAT_MMIO_SIZE);
    memory_region_init_io(&s->regs, OBJECT(s), &ioat_mmio_ops, s, "ioat-regs", IOAT_MSIX_TABLE);
    memory_region_add_subregion(&s->mmio, 0, &s->regs);
    pci_register_bar(pci, 0, PCI_BASE_ADDRESS_MEM_TYPE_64, &s->mmio);

    if (!ioat_init_express(pci, errp) || !ioat_init_vectors(pci, errp)) {
        return;
    }
    for (i = 0; i < s->nr_chans; i++) {
        ioat_chan_init(&s->chan[i], s, i);
    }
}

static void ioat_exit(PCIDevice *pci)
{
    IoatState *s = IOAT(pci);
    unsigned i;

    for (i = 0; i < s->nr_chans; i++) {
        ioat_chan_free(&s->chan[i]);
    }
    if (msix_present(pci)) {
        msix_uninit(pci, &s->mmio, &s->mmio);
    }
    msi_uninit(pci);
    if (pci_is_express(pci) && pci_bus_is_express(pci_get_bus(pci))) {
        pcie_aer_exit(pci);
        pcie_cap_exit(pci);
    }
}

static void ioat_reset(DeviceState *dev)
{
    IoatState *s = IOAT(dev);
    unsigned i;

    s->intrctrl = 0;
    s->intrdelay = 0;
    s->attn = 0;
    ioat_update_line(s);
    for (i = 0; i < s->nr_chans; i++) {
        IoatChan *c = &s->chan[i];

        ioat_chan_reset(c);
        c->ctrl = 0;
        c->chain = 0;
        c->cmp = 0;
        c->errmask = 0;
        memset(c->rest, 0, sizeof(c->rest));
    }
}

/* Setting says which from now on, reading how many are left until then. */
static void ioat_get_fault(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    IoatFault *f = opaque;

    visit_type_uint32(v, name, &f->left, errp);
}

static void ioat_set_fault(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    IoatFault *f = opaque;

    if (visit_type_uint32(v, name, &f->nth, errp)) {
        f->left = f->nth;
    }
}

static bool ioat_get_repeat(Object *obj, Error **errp)
{
    return IOAT(obj)->repeat;
}

static void ioat_set_repeat(Object *obj, bool value, Error **errp)
{
    IOAT(obj)->repeat = value;
}

static bool ioat_get_gone(Object *obj, Error **errp)
{
    return IOAT(obj)->gone;
}

static void ioat_set_gone(Object *obj, bool value, Error **errp)
{
    IoatState *s = IOAT(obj);

    s->gone = value;
    if (DEVICE(obj)->realized) {
        ioat_update_line(s);
    }
}

/* These can be set on the command line, and while the machine runs. */
static void ioat_instance_init(Object *obj)
{
    static const char *const faults[IOAT_NR_FAULTS] = {
        [IOAT_FAULT_ERROR] = "error-nth",
        [IOAT_FAULT_HANG] = "hang-nth",
        [IOAT_FAULT_LOSE_IRQ] = "lose-irq-nth",
        [IOAT_FAULT_LOSE_CMP] = "lose-cmp-nth",
    };
    IoatState *s = IOAT(obj);
    unsigned i;

    for (i = 0; i < IOAT_NR_FAULTS; i++) {
        object_property_add(obj, faults[i], "uint32", ioat_get_fault, ioat_set_fault, NULL,
                            &s->fault[i]);
    }
    object_property_add_uint32_ptr(obj, "error", &s->error, OBJ_PROP_FLAG_READWRITE);
    object_property_add_bool(obj, "repeat", ioat_get_repeat, ioat_set_repeat);
    object_property_add_bool(obj, "gone", ioat_get_gone, ioat_set_gone);
    object_property_add_uint64_ptr(obj, "executed", &s->nr_executed, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "irqs", &s->nr_irqs, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "errors", &s->nr_errors, OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "faults", &s->nr_faults, OBJ_PROP_FLAG_READ);
}

static Property ioat_properties[] = {
    DEFINE_PROP_UINT16("device-id", IoatState, device_id, 0x3430),
    DEFINE_PROP_UINT32("channels", IoatState, nr_chans, 2),
    DEFINE_PROP_UINT32("delay-ns", IoatState, delay_ns, 0),
    DEFINE_PROP_BOOL("msix", IoatState, has_msix, true),
    DEFINE_PROP_BOOL("msi", IoatState, has_msi, true),
    /* What the part may be made to do without; none of these gives it more. */
    DEFINE_PROP_BIT("fill", IoatState, wanted, IOAT_CAP_FILL_BIT, true),
    DEFINE_PROP_BIT("xor", IoatState, wanted, IOAT_CAP_XOR_BIT, true),
    DEFINE_PROP_BIT("pq", IoatState, wanted, IOAT_CAP_PQ_BIT, true),
    DEFINE_PROP_BIT("pq16", IoatState, wanted, IOAT_CAP_RAID16SS_BIT, true),
    DEFINE_PROP_BIT("write-back", IoatState, wanted, IOAT_CAP_DWBES_BIT, true),
    DEFINE_PROP_END_OF_LIST(),
};

static const VMStateDescription ioat_vmstate = {
    .name = TYPE_IOAT,
    .unmigratable = 1,
};

static void ioat_class_init(ObjectClass *class, void *data)
{
    PCIDeviceClass *pci = PCI_DEVICE_CLASS(class);
    DeviceClass *dev = DEVICE_CLASS(class);

    pci->realize = ioat_realize;
    pci->exit = ioat_exit;
    pci->config_read = ioat_read_config;
    pci->config_write = ioat_write_config;
    pci->vendor_id = PCI_VENDOR_ID_INTEL;
    pci->class_id = PCI_CLASS_SYSTEM_OTHER;
    dev->desc = "Intel I/OAT (QuickData) DMA engine";
    dev->reset = ioat_reset;
    dev->vmsd = &ioat_vmstate;
    device_class_set_props(dev, ioat_properties);
    set_bit(DEVICE_CATEGORY_MISC, dev->categories);
}

static const TypeInfo ioat_info = {
    .name = TYPE_IOAT,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(IoatState),
    .instance_init = ioat_instance_init,
    .class_init = ioat_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void ioat_register(void)
{
    type_register_static(&ioat_info);
}

type_init(ioat_register)
