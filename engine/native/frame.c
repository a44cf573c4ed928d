/*
 * A frame of the stream as picows hands it over, looked at without a property for each of its fields.
 *
 * What picows declares of a frame for C (picows.pxd) is repeated here, and is only believed where frames that were
 * made for it say what they were made of: with another picows the fields are asked for one by one, as without C.
 */
#include "hot.h"

#define TEXT 1

typedef struct {
    PyObject_HEAD
    void *methods;
    PyObject *payload_object;
    char *payload;
    Py_ssize_t size, tail_size;
    int kind;
    unsigned char fin, rsv1, rsv2, rsv3, last_in_buffer;
} Frame;

static PyTypeObject *known; /* the type of frames that are as declared; never freed */

PyObject *
plain_text(PyObject *Py_UNUSED(module), PyObject *frame)
{
    const Frame *said = (Frame *)frame;
    if (known == NULL || !Py_IS_TYPE(frame, known) || said->kind != TEXT || !said->fin || said->rsv1 || said->rsv2
        || said->rsv3)
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize(said->payload, said->size);
}

static int
is_as_said(PyObject *sample, PyTypeObject *type)
{
    PyObject *frame, *payload;
    int kind, fin, rsv1;
    if (!PyArg_ParseTuple(sample, "OiSpp", &frame, &kind, &payload, &fin, &rsv1))
        return -1;
    const Frame *said = (Frame *)frame;
    return Py_IS_TYPE(frame, type) && said->kind == kind && said->fin == fin && said->rsv1 == rsv1 && !said->rsv2
           && !said->rsv3 && said->size == PyBytes_GET_SIZE(payload)
           && (said->size == 0 || memcmp(said->payload, PyBytes_AS_STRING(payload), (size_t)said->size) == 0);
}

PyObject *
believe_frames(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 2 || !PyType_Check(args[0]) || !PyList_CheckExact(args[1])) {
        PyErr_SetString(PyExc_TypeError, "believe_frames takes a type and a list of samples");
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)args[0];
    int as_said = type->tp_basicsize == sizeof(Frame) && PyList_GET_SIZE(args[1]) > 0;
    for (Py_ssize_t n = 0; as_said == 1 && n < PyList_GET_SIZE(args[1]); n++)
        as_said = is_as_said(PyList_GET_ITEM(args[1], n), type);
    if (as_said < 0)
        return NULL;
    if (as_said)
        known = (PyTypeObject *)Py_NewRef(args[0]);
    return PyBool_FromLong(as_said);
}
