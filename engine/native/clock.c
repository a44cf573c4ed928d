/*
 * The time, without an object for it.
 *
 * Twin of now_ms: twin.py.
 */
#include "hot.h"
#include <time.h>

double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* Python's perf_counter */
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static long long
day_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

PyObject *
now_ms(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(nothing))
{
    return PyLong_FromLongLong(day_ms());
}

/* Return what a clock says that counts ms; -1 with an exception where it fails. The one above is not even asked. */
long long
ms_by(PyObject *clock)
{
    if (PyCFunction_CheckExact(clock) && PyCFunction_GET_FUNCTION(clock) == now_ms)
        return day_ms();
    PyObject *now = PyObject_CallNoArgs(clock);
    long long ms = now == NULL ? -1 : PyLong_AsLongLong(now);
    Py_XDECREF(now);
    return ms;
}
