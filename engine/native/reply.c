/*
 * The usual way of an event, from the replies of Redis to its acknowledgement.
 *
 * A reply that says more than "counted" (rules to judge, another session, an error) goes to the pipeline.
 */
#include "hot.h"

#define ACK_AT_LATEST_AFTER 16

static int
call_and_forget(PyObject *function, PyObject *const *args, size_t nargs)
{
    PyObject *done = PyObject_Vectorcall(function, args, nargs, NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

static char *
put(char *to, const char *text, Py_ssize_t size)
{
    memcpy(to, text, (size_t)size);
    return to + size;
}

/* Write an acknowledgement; ``arm`` is None, or the JSON of the field. */
static PyObject *
usual_ack(long long seq, PyObject *arm)
{
    static const char BEGIN[] = "{\"type\":\"ack\",\"seq\":", ARM[] = ",\"arm\":";
    char number[20];
    int digits = digits_into(number, (unsigned long long)seq), armed = arm != Py_None;
    Py_ssize_t size = (Py_ssize_t)sizeof BEGIN - 1 + digits + 1;
    if (armed)
        size += (Py_ssize_t)sizeof ARM - 1 + PyBytes_GET_SIZE(arm);
    PyObject *frame = PyBytes_FromStringAndSize(NULL, size);
    if (frame == NULL)
        return NULL;
    char *at = put(put(PyBytes_AS_STRING(frame), BEGIN, sizeof BEGIN - 1), number, digits);
    if (armed)
        at = put(put(at, ARM, sizeof ARM - 1), PyBytes_AS_STRING(arm), PyBytes_GET_SIZE(arm));
    *at = '}';
    return frame;
}

/* ``arm`` is None, the field as a dict, or as the JSON that it is written as. */
static int
send_ack(Way *way, TabCore *tab, PyObject *doc, long long seq, PyObject *arm)
{
    PyObject *frame;
    if (doc == Py_None && (arm == Py_None || PyBytes_CheckExact(arm)))
        frame = usual_ack(seq, arm);
    else {
        PyObject *number = PyLong_FromLongLong(seq);
        PyObject *args[] = {number, doc, arm};
        frame = number == NULL ? NULL : PyObject_Vectorcall(way->call[ACK], args, 3, NULL);
        Py_XDECREF(number);
    }
    if (frame == NULL)
        return -1;
    PyObject *send = Py_XNewRef(tab->send); /* sending may close the tab */
    int done = send == NULL ? 0 : call_and_forget(send, &frame, 1);
    Py_XDECREF(send);
    Py_DECREF(frame);
    return done;
}

/* Return the step that is next to be acknowledged, borrowed; NULL where it waits for more, or there is none. */
static Step *
first_done(PyObject *queue)
{
    if (!PyList_CheckExact(queue) || PyList_GET_SIZE(queue) == 0)
        return NULL;
    PyObject *first = PyList_GET_ITEM(queue, 0);
    return Py_IS_TYPE(first, Step_Type) && ((Step *)first)->left == 0 ? (Step *)first : NULL;
}

/* Count how long an event took: in a histogram, or by a function. */
static int
count_time(PyObject *by, double took)
{
    if (Py_IS_TYPE(by, Histogram_Type)) {
        histogram_add((Histogram *)by, took);
        return 0;
    }
    PyObject *seconds = PyFloat_FromDouble(took);
    if (seconds == NULL)
        return -1;
    int done = call_and_forget(by, &seconds, 1);
    Py_DECREF(seconds);
    return done;
}

/* Take one step off the list, and have the client told of it, now or with those that follow. */
static int
acknowledge_one(Way *way, TabCore *tab, PyObject *queue, Step *step, double now)
{
    if (PyList_SetSlice(queue, 0, 1, NULL) < 0)
        return -1;
    if (count_time(way->call[ACKNOWLEDGED], now - step->received) < 0)
        return -1;
    if (step->doc == Py_None) {
        if (step->seq > tab->done)
            tab->done = step->seq;
        tab->owed++;
        return 0;
    }
    Step *next = first_done(queue);
    int same = next == NULL ? 0 : PyObject_RichCompareBool(next->doc, step->doc, Py_EQ);
    return same ? (same < 0 ? -1 : 0) : send_ack(way, tab, step->doc, step->seq, Py_None);
}

/*
 * Return what the client must be told is armed: None where it knows that, a new reference. ``known`` may be what is
 * armed now, as book_arm() has it; else Pipeline.arm finds out.
 */
static PyObject *
arm_to_tell(Way *way, TabCore *tab, PyObject *known)
{
    if (!tab->arm_is_stale)
        return Py_NewRef(Py_None);
    if (known == NULL || tab->sent_arm == NULL)
        return PyObject_CallOneArg(way->call[ARM], (PyObject *)tab);
    tab->arm_is_stale = 0;
    PyObject *moments = PyTuple_GET_ITEM(known, 0);
    int same = PyObject_RichCompareBool(moments, tab->sent_arm, Py_EQ);
    if (same != 0)
        return same < 0 ? NULL : Py_NewRef(Py_None);
    Py_SETREF(tab->sent_arm, Py_NewRef(moments));
    return Py_NewRef(PyTuple_GET_ITEM(known, 1));
}

/* Acknowledge, in order, what is done; events that arrived together share one frame. As Pipeline._finish. */
static int
finish(Way *way, TabCore *tab, PyObject *known)
{
    double now = seconds_now();
    PyObject *queue = Py_NewRef(tab->under_way), *arm = NULL;
    Step *step;
    int done = 0;
    while (done == 0 && (step = first_done(queue)) != NULL) {
        Py_INCREF(step);
        done = acknowledge_one(way, tab, queue, step, now);
        Py_DECREF(step);
    }
    if (done == 0) {
        arm = arm_to_tell(way, tab, known);
        done = arm == NULL ? -1 : 0;
    }
    int waits = arm == Py_None && PyList_GET_SIZE(queue) && tab->owed < ACK_AT_LATEST_AFTER;
    if (done == 0 && !waits && (tab->owed || arm != Py_None)) {
        tab->owed = 0;
        done = send_ack(way, tab, Py_None, tab->done, arm);
    }
    Py_XDECREF(arm);
    Py_DECREF(queue);
    return done;
}

/* One of the replies that a step waits for is there. */
static int
one_less(Way *way, Step *step, PyObject *known)
{
    step->left--;
    return step->left == 0 && ((TabCore *)step->tab)->under_way != NULL ? finish(way, (TabCore *)step->tab, known) : 0;
}

static int
check_args(PyObject *const *args, Py_ssize_t nargs)
{
    if (nargs == 2 && Py_IS_TYPE(args[0], Step_Type))
        return 0;
    PyErr_SetString(PyExc_TypeError, "expected a step and a reply");
    return -1;
}

PyObject *
way_logged(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Way *way = (Way *)self;
    if (check_args(args, nargs) < 0)
        return NULL;
    if (PyExceptionInstance_Check(args[1]))
        return PyObject_Vectorcall(way->call[LOG_FAILED], args, 2, NULL);
    if (one_less(way, (Step *)args[0], NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* Tell whether rules are judged: an event of a page that has gone counts, but can no longer make one true. */
static int
is_judged(Way *way, const Step *step)
{
    TabCore *tab = (TabCore *)step->tab;
    if (!step->has_rules || step->view != tab->view || tab->closed)
        return 0;
    if (!tab->exhausted)
        return 1;
    const Book *book = book_kept(way, tab);
    return book != NULL ? book->unobtrusive : PyErr_Occurred() ? -1 : 0;
}

/* Judge by the values that came: Pipeline.judge does it where it takes more than arming. */
static int
judge_values(Way *way, Step *step, PyObject *reply, PyObject **known)
{
    int done = judge_usual(way, step, PyList_GET_ITEM(reply, 2), known);
    if (done != 0)
        return done < 0 ? -1 : 0;
    PyObject *args[] = {(PyObject *)step, reply};
    return call_and_forget(way->call[JUDGE], args, 2);
}

/* Take a reply that has values with it, and says of no other session. */
static int
take_values(Way *way, Step *step, PyObject *reply)
{
    PyObject *known = NULL;
    int applied = PyObject_IsTrue(PyList_GET_ITEM(reply, 0));
    if (applied < 0 || (applied && call_and_forget(way->call[COUNTED], NULL, 0) < 0))
        return -1;
    int judged = is_judged(way, step);
    if (judged < 0 || (judged && judge_values(way, step, reply, &known) < 0))
        return -1;
    int done = one_less(way, step, known);
    Py_XDECREF(known);
    return done;
}

static int
has_only_values(PyObject *reply)
{
    return PyList_CheckExact(reply) && PyList_GET_SIZE(reply) == 3 && PyBytes_CheckExact(PyList_GET_ITEM(reply, 1))
           && PyBytes_GET_SIZE(PyList_GET_ITEM(reply, 1)) == 0;
}

PyObject *
way_counted(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Way *way = (Way *)self;
    if (check_args(args, nargs) < 0)
        return NULL;
    Step *step = (Step *)args[0];
    if (has_only_values(args[1])) {
        if (take_values(way, step, args[1]) < 0)
            return NULL;
        Py_RETURN_NONE;
    }
    if (!PyLong_CheckExact(args[1]))
        return PyObject_Vectorcall(way->call[PyList_CheckExact(args[1]) ? OBSERVED : ODD], args, 2, NULL);
    if (step->has_rules)
        return PyObject_Vectorcall(way->call[ODD], args, 2, NULL);
    int applied = PyObject_IsTrue(args[1]);
    if (applied < 0 || (applied && call_and_forget(way->call[COUNTED], NULL, 0) < 0) || one_less(way, step, NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}
