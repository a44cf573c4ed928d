/*
 * One event on its way: what it is, where it belongs, and what is still to come before it is acknowledged.
 *
 * Twin: Step in twin.py. Steps are made by the thousand, so a few that are done with are kept to be used again. They
 * take no part in the search for garbage in cycles: a step leaves its tab's list when it is acknowledged, or when the
 * tab is closed.
 */
#include "hot.h"

#define MOST_KEPT 256

PyTypeObject *Step_Type;

static Step *kept[MOST_KEPT];
static int n_kept;
static PyObject *read_event; /* reads the event of a frame, where somebody asks for it after all */

Step *
step_new(TabCore *tab, PyObject *plan, PyObject *name, double received)
{
    Step *step;
    if (n_kept) {
        step = kept[--n_kept];
        (void)PyObject_Init((PyObject *)step, Step_Type);
    }
    else {
        step = PyObject_New(Step, Step_Type);
        if (step == NULL)
            return NULL;
    }
    step->tab = Py_NewRef((PyObject *)tab);
    step->plan = Py_NewRef(plan);
    step->name = Py_NewRef(name);
    step->doc = Py_NewRef(Py_None);
    step->event = step->frame = step->command = NULL;
    step->seq = step->idle_ms = step->now_ms = 0;
    step->view = tab->view;
    step->received = received;
    step->left = 2;
    step->has_rules = 0;
    return step;
}

static PyObject *
step_make(PyTypeObject *Py_UNUSED(type), PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *tab, *event, *plan;
    double received;
    if (!PyArg_ParseTuple(args, "O!OOd:Step", TabCore_Type, &tab, &event, &plan, &received))
        return NULL;
    PyObject *name = PyObject_GetAttr(event, NAMES.name);
    Step *step = name == NULL ? NULL : step_new((TabCore *)tab, plan, name, received);
    Py_XDECREF(name);
    if (step == NULL)
        return NULL;
    step->event = Py_NewRef(event);
    PyObject *seq = PyObject_GetAttr(event, NAMES.seq), *doc = PyObject_GetAttr(event, NAMES.doc);
    if (seq != NULL)
        step->seq = PyLong_AsLongLong(seq);
    if (doc != NULL)
        Py_SETREF(step->doc, doc);
    Py_XDECREF(seq);
    if (PyErr_Occurred())
        Py_CLEAR(step);
    return (PyObject *)step;
}

static void
step_free(PyObject *self)
{
    Step *step = (Step *)self;
    PyTypeObject *type = Py_TYPE(self);
    Py_CLEAR(step->tab);
    Py_CLEAR(step->plan);
    Py_CLEAR(step->name);
    Py_CLEAR(step->doc);
    Py_CLEAR(step->event);
    Py_CLEAR(step->frame);
    Py_CLEAR(step->command);
    if (n_kept < MOST_KEPT)
        kept[n_kept++] = step;
    else
        PyObject_Free(step);
    Py_DECREF(type);
}

static PyObject *
step_event(PyObject *self, void *Py_UNUSED(closure))
{
    Step *step = (Step *)self;
    if (step->event == NULL) {
        if (step->frame == NULL || read_event == NULL) {
            PyErr_SetString(PyExc_AttributeError, "event");
            return NULL;
        }
        step->event = PyObject_CallOneArg(read_event, step->frame);
        if (step->event == NULL)
            return NULL;
    }
    return Py_NewRef(step->event);
}

PyObject *
read_events_by(PyObject *Py_UNUSED(module), PyObject *reader)
{
    Py_XSETREF(read_event, Py_NewRef(reader));
    Py_RETURN_NONE;
}

static PyGetSetDef computed[] = {
    {"event", step_event, NULL, "The event; one of the usual form is read when it is asked for.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef members[] = {
    {"tab", T_OBJECT, offsetof(Step, tab), READONLY, NULL},
    {"plan", T_OBJECT, offsetof(Step, plan), READONLY, NULL},
    {"name", T_OBJECT, offsetof(Step, name), READONLY, NULL},
    {"doc", T_OBJECT, offsetof(Step, doc), READONLY, NULL},
    {"command", T_OBJECT, offsetof(Step, command), READONLY, NULL},
    {"seq", T_LONGLONG, offsetof(Step, seq), READONLY, NULL},
    {"view", T_LONGLONG, offsetof(Step, view), READONLY, NULL},
    {"now_ms", T_LONGLONG, offsetof(Step, now_ms), 0, NULL},
    {"received", T_DOUBLE, offsetof(Step, received), READONLY, NULL},
    {"left", T_INT, offsetof(Step, left), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, step_make}, {Py_tp_dealloc, step_free}, {Py_tp_getset, computed}, {Py_tp_members, members},
    {Py_tp_doc, "See engine/native/twin.py."}, {0, NULL},
};

static PyType_Spec spec = {"engine.native.hot.Step", sizeof(Step), 0, Py_TPFLAGS_DEFAULT, slots};

PyTypeObject *
step_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
