/*
 * What is to be written into one stream of the event log with the next write: a command in the making, and who waits
 * for its reply.
 *
 * Twins: Sheet and tell_all in twin.py. engine/edge/event_log.py says what an entry holds.
 */
#include "hot.h"

PyTypeObject *Sheet_Type;

static int
sheet_traverse(PyObject *self, visitproc visit, void *arg)
{
    Sheet *sheet = (Sheet *)self;
    Py_VISIT(sheet->head);
    Py_VISIT(sheet->begin);
    Py_VISIT(sheet->waiting);
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static int
sheet_clear(PyObject *self)
{
    Sheet *sheet = (Sheet *)self;
    Py_CLEAR(sheet->head);
    Py_CLEAR(sheet->begin);
    Py_CLEAR(sheet->waiting);
    return 0;
}

static void
sheet_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    sheet_clear(self);
    PyMem_Free(((Sheet *)self)->out.text);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
sheet_make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    PyObject *head, *begin;
    long long words, slot;
    if (!PyArg_ParseTuple(args, "LSLO:Sheet", &words, &head, &slot, &begin))
        return NULL;
    Sheet *sheet = (Sheet *)type->tp_alloc(type, 0);
    if (sheet == NULL)
        return NULL;
    sheet->words = words;
    sheet->slot = slot;
    sheet->head = Py_NewRef(head);
    sheet->begin = Py_NewRef(begin);
    sheet->waiting = PyList_New(0);
    if (sheet->waiting == NULL)
        Py_CLEAR(sheet);
    return (PyObject *)sheet;
}

static void
put(Words *to, const char *text, Py_ssize_t size)
{
    memcpy(to->text + to->used, text, (size_t)size);
    to->used += size;
}

/* Write one entry, as the two words that it is in the command: its name, and itself. */
static int
write_entry(Words *to, PyObject *head, long long now, PyObject *kind, PyObject *said)
{
    char stamp[32];
    int digits = digits_into(stamp, now < 0 ? 0 : (unsigned long long)now);
    Py_ssize_t size = PyBytes_GET_SIZE(head) + digits + PyBytes_GET_SIZE(kind) + PyBytes_GET_SIZE(said) + 5;
    if (words_need(to, size + 32) < 0)
        return -1;
    words_bulk(to, "e", 1);
    put(to, "$", 1);
    words_digits(to, (unsigned long long)size);
    words_end(to);
    put(to, PyBytes_AS_STRING(head), PyBytes_GET_SIZE(head));
    put(to, stamp, digits);
    put(to, ",\"", 2);
    put(to, PyBytes_AS_STRING(kind), PyBytes_GET_SIZE(kind));
    put(to, "\":", 2);
    put(to, PyBytes_AS_STRING(said), PyBytes_GET_SIZE(said));
    put(to, "}", 1);
    words_end(to);
    return 0;
}

int
sheet_add(Sheet *sheet, PyObject *head, long long now, PyObject *kind, PyObject *said)
{
    if (write_entry(&sheet->out, head, now, kind, said) < 0)
        return -1;
    if (sheet->entries++)
        return 0;
    PyObject *done = PyObject_CallOneArg(sheet->begin, (PyObject *)sheet);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

int
sheet_wait(Sheet *sheet, PyObject *reply_to, PyObject *step)
{
    return PyList_Append(sheet->waiting, reply_to) < 0 ? -1 : PyList_Append(sheet->waiting, step);
}

static PyObject *
add(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 4 || !PyBytes_Check(args[0]) || !PyBytes_Check(args[2]) || !PyBytes_Check(args[3])) {
        PyErr_SetString(PyExc_TypeError, "add takes a head, ms, a kind and what is said");
        return NULL;
    }
    long long now = PyLong_AsLongLong(args[1]);
    if ((now == -1 && PyErr_Occurred()) || sheet_add((Sheet *)self, args[0], now, args[2], args[3]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
wait_for(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 2) {
        PyErr_SetString(PyExc_TypeError, "wait takes who is told, and a step");
        return NULL;
    }
    if (sheet_wait((Sheet *)self, args[0], args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
take(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    Sheet *sheet = (Sheet *)self;
    char count[32];
    int digits = PyOS_snprintf(count, sizeof count, "*%lld\r\n", sheet->words + 2LL * sheet->entries);
    Py_ssize_t size = PyBytes_GET_SIZE(sheet->head);
    PyObject *command = PyBytes_FromStringAndSize(NULL, digits + size + sheet->out.used), *next = PyList_New(0);
    if (command == NULL || next == NULL) {
        Py_XDECREF(command);
        Py_XDECREF(next);
        return NULL;
    }
    char *text = PyBytes_AS_STRING(command);
    memcpy(text, count, (size_t)digits);
    memcpy(text + digits, PyBytes_AS_STRING(sheet->head), (size_t)size);
    if (sheet->out.used)
        memcpy(text + digits + size, sheet->out.text, (size_t)sheet->out.used);
    sheet->out.used = 0;
    sheet->entries = 0;
    PyObject *waiting = sheet->waiting;
    sheet->waiting = next;
    return Py_BuildValue("(NN)", command, waiting);
}

PyObject *
tell_all(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs != 2 || !PyList_CheckExact(args[0])) {
        PyErr_SetString(PyExc_TypeError, "tell_all takes a list and a reply");
        return NULL;
    }
    PyObject *type = NULL, *value = NULL, *trace = NULL; /* what one of them raised: the others are told all the same */
    for (Py_ssize_t n = 0; n + 1 < PyList_GET_SIZE(args[0]); n += 2) {
        PyObject *told[] = {PyList_GET_ITEM(args[0], n + 1), args[1]};
        PyObject *done = PyObject_Vectorcall(PyList_GET_ITEM(args[0], n), told, 2, NULL);
        if (done == NULL && type == NULL)
            PyErr_Fetch(&type, &value, &trace);
        else if (done == NULL)
            PyErr_Clear();
        Py_XDECREF(done);
    }
    if (type != NULL) {
        PyErr_Restore(type, value, trace);
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"add", (PyCFunction)(void (*)(void))add, METH_FASTCALL, "add(head, now_ms, kind, said)\n--\n\nSee twin.py."},
    {"wait", (PyCFunction)(void (*)(void))wait_for, METH_FASTCALL, "wait(reply_to, step)\n--\n\nSee twin.py."},
    {"take", take, METH_NOARGS, "take()\n--\n\nSee twin.py."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"slot", T_LONGLONG, offsetof(Sheet, slot), READONLY, NULL},
    {"is_closed", T_BOOL, offsetof(Sheet, is_closed), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, sheet_make}, {Py_tp_traverse, sheet_traverse}, {Py_tp_clear, sheet_clear}, {Py_tp_dealloc, sheet_free},
    {Py_tp_methods, methods}, {Py_tp_members, members}, {Py_tp_doc, "See engine/native/twin.py."}, {0, NULL},
};

static PyType_Spec spec = {
    "engine.native.hot.Sheet", sizeof(Sheet), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots,
};

PyTypeObject *
sheet_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
