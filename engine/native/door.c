/*
 * Where a connection's frames come in.
 *
 * Twin: Door in twin.py. engine/edge/allowance.py says how much credit a connection has.
 */
#include "hot.h"

typedef struct {
    PyObject_HEAD
    PyObject *stream, *frames, *came, *ask;
    Py_ssize_t many;
    double heard;
    int credit;
} Door;

static int
door_traverse(PyObject *self, visitproc visit, void *arg)
{
    Door *door = (Door *)self;
    Py_VISIT(door->stream);
    Py_VISIT(door->frames);
    Py_VISIT(door->came);
    Py_VISIT(door->ask);
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static int
door_clear(PyObject *self)
{
    Door *door = (Door *)self;
    Py_CLEAR(door->stream);
    Py_CLEAR(door->frames);
    Py_CLEAR(door->came);
    Py_CLEAR(door->ask);
    return 0;
}

static void
door_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    door_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
door_make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *stream, *frames, *came, *ask;
    Py_ssize_t many;
    if (!PyArg_ParseTuple(args, "OO!OOn:Door", &stream, &PyList_Type, &frames, &came, &ask, &many))
        return NULL;
    Door *door = (Door *)type->tp_alloc(type, 0);
    if (door == NULL)
        return NULL;
    door->stream = Py_NewRef(stream);
    door->frames = Py_NewRef(frames);
    door->came = Py_NewRef(came);
    door->ask = Py_NewRef(ask);
    door->many = many;
    door->heard = seconds_now();
    return (PyObject *)door;
}

/* Let one frame join the others; the first one, and the one with which they are many, are told of. */
static int
let_in(Door *door, PyObject *text)
{
    PyObject *now = PyFloat_FromDouble(door->heard), *came = Py_NewRef(door->came);
    PyObject *entry = now == NULL ? NULL : PyTuple_Pack(3, door->stream, text, now);
    int done = entry == NULL ? -1 : PyList_Append(door->frames, entry);
    Py_ssize_t size = PyList_GET_SIZE(door->frames);
    Py_XDECREF(entry);
    if (done == 0 && (size == 1 || size == door->many)) {
        PyObject *told = PyObject_CallOneArg(came, now);
        done = told == NULL ? -1 : 0;
        Py_XDECREF(told);
    }
    Py_DECREF(came);
    Py_XDECREF(now);
    return done;
}

static PyObject *
take(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Door *door = (Door *)self;
    if (nargs != 2) {
        PyErr_SetString(PyExc_TypeError, "take takes a transport and a frame");
        return NULL;
    }
    if (door->stream == NULL)
        Py_RETURN_NONE;
    door->heard = seconds_now();
    PyObject *text = door->credit > 0 ? plain_text(NULL, args[1]) : Py_NewRef(Py_None);
    if (text == NULL)
        return NULL;
    if (text == Py_None) {
        Py_DECREF(text);
        PyObject *ask = Py_NewRef(door->ask); /* asking may shut the door */
        PyObject *done = PyObject_Vectorcall(ask, args, 2, NULL);
        Py_DECREF(ask);
        return done;
    }
    door->credit--;
    int done = let_in(door, text);
    Py_DECREF(text);
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
shut(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    ((Door *)self)->credit = 0;
    door_clear(self);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"take", (PyCFunction)(void (*)(void))take, METH_FASTCALL, "take(transport, frame)\n--\n\nSee twin.py."},
    {"shut", shut, METH_NOARGS, "shut()\n--\n\nSee twin.py."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"credit", T_INT, offsetof(Door, credit), 0, NULL},
    {"heard", T_DOUBLE, offsetof(Door, heard), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, door_make}, {Py_tp_traverse, door_traverse}, {Py_tp_clear, door_clear}, {Py_tp_dealloc, door_free},
    {Py_tp_methods, methods}, {Py_tp_members, members}, {Py_tp_doc, "See engine/native/twin.py."}, {0, NULL},
};

static PyType_Spec spec = {"engine.native.hot.Door", sizeof(Door), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};

PyTypeObject *
door_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
