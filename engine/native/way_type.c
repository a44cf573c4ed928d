/* The type of the usual way: how it is made of the Python functions that it calls. */
#include "hot.h"

PyTypeObject *Way_Type;

static int
way_traverse(PyObject *self, visitproc visit, void *arg)
{
    Way *way = (Way *)self;
    for (int n = 0; n < CALLS; n++)
        Py_VISIT(way->call[n]);
    Py_VISIT(way->on_logged);
    Py_VISIT(way->on_observed);
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static int
way_clear(PyObject *self)
{
    Way *way = (Way *)self;
    for (int n = 0; n < CALLS; n++)
        Py_CLEAR(way->call[n]);
    Py_CLEAR(way->on_logged);
    Py_CLEAR(way->on_observed);
    return 0;
}

static void
way_free(PyObject *self)
{
    Way *way = (Way *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    way_clear(self);
    Py_CLEAR(way->book);
    Py_CLEAR(way->books);
    PyMem_Free(way->out.text);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
way_make(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"take", "rules", "clock", "maker", "head", "sheet", "send", "odd", "observed", "log_failed",
                            "judge", "quiet", "arm", "ack", "counted", "acknowledged", NULL};
    PyObject *call[CALLS];
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "$OOOOOOOOOOOOOOOO:Way", names, &call[TAKE], &call[RULES], &call[CLOCK],
                                     &call[MAKER], &call[HEAD], &call[SHEET], &call[SEND], &call[ODD], &call[OBSERVED],
                                     &call[LOG_FAILED], &call[JUDGE], &call[QUIET],
                                     &call[ARM], &call[ACK], &call[COUNTED], &call[ACKNOWLEDGED]))
        return NULL;
    Way *way = (Way *)type->tp_alloc(type, 0);
    if (way == NULL)
        return NULL;
    for (int n = 0; n < CALLS; n++)
        way->call[n] = Py_NewRef(call[n]);
    way->books = PyDict_New();
    way->on_logged = PyObject_GetAttrString((PyObject *)way, "logged");
    way->on_observed = PyObject_GetAttrString((PyObject *)way, "counted");
    if (way->books == NULL || way->on_logged == NULL || way->on_observed == NULL)
        Py_CLEAR(way);
    return (PyObject *)way;
}

static PyMethodDef methods[] = {
    {"take", (PyCFunction)(void (*)(void))way_take, METH_FASTCALL,
     "take(tab, frame, received)\n--\n\nTake one frame, the usual way or the pipeline's."},
    {"counted", (PyCFunction)(void (*)(void))way_counted, METH_FASTCALL,
     "counted(step, reply)\n--\n\nTake what the counting of an event was answered with."},
    {"logged", (PyCFunction)(void (*)(void))way_logged, METH_FASTCALL,
     "logged(step, reply)\n--\n\nTake what the writing down of an event was answered with."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, way_make}, {Py_tp_traverse, way_traverse}, {Py_tp_clear, way_clear}, {Py_tp_dealloc, way_free},
    {Py_tp_methods, methods}, {0, NULL},
};

static PyType_Spec spec = {
    "engine.native.hot.Way", sizeof(Way), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots,
};

PyTypeObject *
way_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
