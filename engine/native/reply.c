/*
 * The usual way of an event, from the replies of Redis to its acknowledgement.
 *
 * A reply that says more than "counted" (rules to judge, another session, an error) goes to the pipeline.
 */
#include "hot.h"

#define ACK_AT_LATEST_AFTER 16
#define LONGEST_ACK 64

static int
call_and_forget(PyObject *function, PyObject *const *args, size_t nargs)
{
    PyObject *done = PyObject_Vectorcall(function, args, nargs, NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

static int
send_ack(Way *way, TabCore *tab, PyObject *doc, long long seq, PyObject *arm)
{
    PyObject *frame;
    if (doc == Py_None && arm == Py_None) {
        char text[LONGEST_ACK];
        int size = PyOS_snprintf(text, sizeof text, "{\"type\":\"ack\",\"seq\":%lld}", seq);
        frame = PyBytes_FromStringAndSize(text, size);
    }
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

/* Take one step off the list, and have the client told of it, now or with those that follow. */
static int
acknowledge_one(Way *way, TabCore *tab, PyObject *queue, Step *step, double now)
{
    if (PyList_SetSlice(queue, 0, 1, NULL) < 0)
        return -1;
    PyObject *seconds = PyFloat_FromDouble(now - step->received);
    if (seconds == NULL)
        return -1;
    int done = call_and_forget(way->call[ACKNOWLEDGED], &seconds, 1);
    Py_DECREF(seconds);
    if (done < 0)
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

/* Acknowledge, in order, what is done; events that arrived together share one frame. As Pipeline._finish. */
static int
finish(Way *way, TabCore *tab)
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
        PyObject *about = (PyObject *)tab;
        arm = tab->arm_is_stale ? PyObject_Vectorcall(way->call[ARM], &about, 1, NULL) : Py_NewRef(Py_None);
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
one_less(Way *way, Step *step)
{
    step->left--;
    return step->left == 0 && ((TabCore *)step->tab)->under_way != NULL ? finish(way, (TabCore *)step->tab) : 0;
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
    if (one_less(way, (Step *)args[0]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

PyObject *
way_counted(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
    Way *way = (Way *)self;
    if (check_args(args, nargs) < 0)
        return NULL;
    Step *step = (Step *)args[0];
    if (!PyLong_CheckExact(args[1]))
        return PyObject_Vectorcall(way->call[PyList_CheckExact(args[1]) ? OBSERVED : ODD], args, 2, NULL);
    if (step->has_rules)
        return PyObject_Vectorcall(way->call[ODD], args, 2, NULL);
    int applied = PyObject_IsTrue(args[1]);
    if (applied < 0 || (applied && call_and_forget(way->call[COUNTED], NULL, 0) < 0) || one_less(way, step) < 0)
        return NULL;
    Py_RETURN_NONE;
}
