/*
 * What the engine keeps of an open document, as far as the usual way reads it. Twin: TabCore in twin.py; engine/tab.py
 * has the rest, and says what each field means.
 */
#include "hot.h"

PyTypeObject *TabCore_Type;

static PyObject *
core_make(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    TabCore *tab = (TabCore *)type->tp_alloc(type, 0);
    if (tab != NULL) {
        tab->is_usual = 1;
        tab->under_way = PyList_New(0);
        tab->log_head = PyBytes_FromStringAndSize(NULL, 0); /* of a visitor who is not logged there is no other */
        if (tab->under_way == NULL || tab->log_head == NULL)
            Py_CLEAR(tab);
    }
    return (PyObject *)tab;
}

static int
core_traverse(PyObject *self, visitproc visit, void *arg)
{
    TabCore *tab = (TabCore *)self;
    Py_VISIT(tab->under_way);
    Py_VISIT(tab->page);
    Py_VISIT(tab->session);
    Py_VISIT(tab->send);
    Py_VISIT(tab->watch);
    Py_VISIT(tab->keys);
    Py_VISIT(tab->alive);
    Py_VISIT(tab->facts_in);
    Py_VISIT(tab->facts_of);
    Py_VISIT(tab->sent_arm);
    Py_VISIT(tab->held);
    Py_VISIT(tab->who);
    Py_VISIT(tab->place);
    Py_VISIT(tab->head);
    Py_VISIT(tab->head_session);
    Py_VISIT(tab->head_rules);
    Py_VISIT(tab->sheet);
    Py_VISIT(tab->log_head);
    Py_VISIT(tab->logged_session);
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static int
core_clear(PyObject *self)
{
    TabCore *tab = (TabCore *)self;
    Py_CLEAR(tab->under_way);
    Py_CLEAR(tab->page);
    Py_CLEAR(tab->session);
    Py_CLEAR(tab->send);
    Py_CLEAR(tab->watch);
    Py_CLEAR(tab->keys);
    Py_CLEAR(tab->alive);
    Py_CLEAR(tab->facts_in);
    Py_CLEAR(tab->facts_of);
    Py_CLEAR(tab->sent_arm);
    Py_CLEAR(tab->held);
    Py_CLEAR(tab->who);
    Py_CLEAR(tab->place);
    Py_CLEAR(tab->head);
    Py_CLEAR(tab->head_session);
    Py_CLEAR(tab->head_rules);
    Py_CLEAR(tab->sheet);
    Py_CLEAR(tab->log_head);
    Py_CLEAR(tab->logged_session);
    facts_forget(&tab->who_facts);
    return 0;
}

static void
core_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    core_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"view", T_LONGLONG, offsetof(TabCore, view), 0, NULL},
    {"done", T_LONGLONG, offsetof(TabCore, done), 0, NULL},
    {"sent", T_LONGLONG, offsetof(TabCore, sent), 0, NULL},
    {"quiet_until_ms", T_LONGLONG, offsetof(TabCore, quiet_until_ms), 0, NULL},
    {"owed", T_INT, offsetof(TabCore, owed), 0, NULL},
    {"closed", T_BOOL, offsetof(TabCore, closed), 0, NULL},
    {"arm_is_stale", T_BOOL, offsetof(TabCore, arm_is_stale), 0, NULL},
    {"is_usual", T_BOOL, offsetof(TabCore, is_usual), 0, NULL},
    {"exhausted", T_BOOL, offsetof(TabCore, exhausted), 0, NULL},
    {"who", T_OBJECT_EX, offsetof(TabCore, who), 0, NULL},
    {"held", T_OBJECT_EX, offsetof(TabCore, held), 0, NULL},
    {"sent_arm", T_OBJECT_EX, offsetof(TabCore, sent_arm), 0, NULL},
    {"under_way", T_OBJECT_EX, offsetof(TabCore, under_way), 0, NULL},
    {"page", T_OBJECT_EX, offsetof(TabCore, page), 0, NULL},
    {"session", T_OBJECT_EX, offsetof(TabCore, session), 0, NULL},
    {"send", T_OBJECT_EX, offsetof(TabCore, send), 0, NULL},
    {"watch", T_OBJECT_EX, offsetof(TabCore, watch), 0, NULL},
    {"keys", T_OBJECT_EX, offsetof(TabCore, keys), 0, NULL},
    {"sheet", T_OBJECT, offsetof(TabCore, sheet), 0, NULL},
    {"log_head", T_OBJECT, offsetof(TabCore, log_head), 0, NULL},
    {"logged_session", T_OBJECT, offsetof(TabCore, logged_session), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, core_make}, {Py_tp_traverse, core_traverse}, {Py_tp_clear, core_clear}, {Py_tp_dealloc, core_free},
    {Py_tp_members, members}, {Py_tp_doc, "See engine/native/twin.py."}, {0, NULL},
};

static PyType_Spec spec = {
    "engine.native.hot.TabCore", sizeof(TabCore), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    slots,
};

PyTypeObject *
tab_core_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
