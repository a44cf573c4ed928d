/* How often something took how long. Twin: Histogram in twin.py. */
#include "hot.h"

PyTypeObject *Histogram_Type;

static PyObject *
histogram_make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *bounds;
    if (!PyArg_ParseTuple(args, "O!:Histogram", &PyTuple_Type, &bounds))
        return NULL;
    if (PyTuple_GET_SIZE(bounds) > MOST_BOUNDS) {
        PyErr_Format(PyExc_ValueError, "more than %d bounds", MOST_BOUNDS);
        return NULL;
    }
    Histogram *histogram = (Histogram *)type->tp_alloc(type, 0);
    for (Py_ssize_t n = 0; histogram != NULL && n < PyTuple_GET_SIZE(bounds); n++) {
        histogram->bounds[histogram->size++] = PyFloat_AsDouble(PyTuple_GET_ITEM(bounds, n));
        if (PyErr_Occurred())
            Py_CLEAR(histogram);
    }
    return (PyObject *)histogram;
}

static void
histogram_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* Count one. */
void
histogram_add(Histogram *histogram, double seconds)
{
    int n = 0;
    while (n < histogram->size && seconds > histogram->bounds[n]) /* most are below the first two or three */
        n++;
    histogram->counts[n]++;
    histogram->total += seconds;
}

static PyObject *
add(PyObject *self, PyObject *seconds)
{
    double value = PyFloat_AsDouble(seconds);
    if (value == -1.0 && PyErr_Occurred())
        return NULL;
    histogram_add((Histogram *)self, value);
    Py_RETURN_NONE;
}

static PyObject *
counts(PyObject *self, void *Py_UNUSED(closure))
{
    Histogram *histogram = (Histogram *)self;
    PyObject *list = PyList_New(histogram->size + 1);
    for (int n = 0; list != NULL && n <= histogram->size; n++) {
        PyObject *count = PyLong_FromLongLong(histogram->counts[n]);
        if (count == NULL)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, n, count);
    }
    return list;
}

static PyMethodDef methods[] = {
    {"add", add, METH_O, "add(seconds)\n--\n\nCount one."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef computed[] = {
    {"counts", counts, NULL, "One count for each of the bounds, and one above them.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef members[] = {
    {"total_s", T_DOUBLE, offsetof(Histogram, total), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, histogram_make}, {Py_tp_dealloc, histogram_free}, {Py_tp_methods, methods}, {Py_tp_getset, computed},
    {Py_tp_members, members}, {Py_tp_doc, "See engine/native/twin.py."}, {0, NULL},
};

static PyType_Spec spec = {"engine.native.hot.Histogram", sizeof(Histogram), 0, Py_TPFLAGS_DEFAULT, slots};

PyTypeObject *
histogram_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
