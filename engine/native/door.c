/*
 * Where a connection's frames come in.
 *
 * Twin: Door in twin.py. engine/edge/allowance.py says how much credit a connection has.
 */
#include "rules.h"

/* The name of an event stands before its data; what is longer before it is not of the snippet's making. */
#define NAME_WITHIN 64

typedef struct {
    PyObject_HEAD
    PyObject *stream, *frames, *came, *moment, *ask;
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
    Py_VISIT(door->moment);
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
    Py_CLEAR(door->moment);
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
    PyObject *stream, *inbox, *frames, *came, *moment, *ask;
    Py_ssize_t many;
    if (!PyArg_ParseTuple(args, "OO!O:Door", &stream, &PyTuple_Type, &inbox, &ask)
        || !PyArg_ParseTuple(inbox, "O!OOn:Inbox", &PyList_Type, &frames, &came, &moment, &many))
        return NULL;
    Door *door = (Door *)type->tp_alloc(type, 0);
    if (door == NULL)
        return NULL;
    door->stream = Py_NewRef(stream);
    door->frames = Py_NewRef(frames);
    door->came = Py_NewRef(came);
    door->moment = Py_NewRef(moment);
    door->ask = Py_NewRef(ask);
    door->many = many;
    door->heard = seconds_now();
    return (PyObject *)door;
}

/* Tell whether a frame says, where frames of the snippet say it, that a moment has come which can be armed. */
static int
tells_moment(PyObject *text)
{
    static const char before[] = "\"name\":\"";
    const char *from = PyBytes_AS_STRING(text), *end = from + PyBytes_GET_SIZE(text);
    const char *at = memmem(from, (size_t)(end - from < NAME_WITHIN ? end - from : NAME_WITHIN), before, sizeof before - 1);
    if (at == NULL)
        return 0;
    at += sizeof before - 1;
    for (int n = 0; n < MOMENT_NAMES; n++) {
        Py_ssize_t size = (Py_ssize_t)strlen(MOMENT_WORDS[n]);
        if (end - at > size && at[size] == '"' && memcmp(at, MOMENT_WORDS[n], (size_t)size) == 0)
            return 1;
    }
    return 0;
}

static int
tell(PyObject *whom, PyObject *what)
{
    PyObject *told = PyObject_CallOneArg(whom, what);
    Py_XDECREF(told);
    return told == NULL ? -1 : 0;
}

/* Let one frame join the others; the first one, the one with which they are many, and moments are told of. */
static int
let_in(Door *door, PyObject *text)
{
    PyObject *now = PyFloat_FromDouble(door->heard);
    PyObject *stream = Py_NewRef(door->stream), *came = Py_NewRef(door->came), *moment = Py_NewRef(door->moment);
    PyObject *entry = now == NULL ? NULL : PyTuple_Pack(3, stream, text, now);
    int done = entry == NULL ? -1 : PyList_Append(door->frames, entry);
    Py_ssize_t size = PyList_GET_SIZE(door->frames);
    Py_XDECREF(entry);
    if (done == 0 && (size == 1 || size == door->many))
        done = tell(came, now);
    if (done == 0 && tells_moment(text))
        done = tell(moment, stream);
    Py_DECREF(moment);
    Py_DECREF(came);
    Py_DECREF(stream);
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
