/* The plan of an event: what to read along with counting it, and which rules to judge. */
#include "judging.h"

/* Return where a plan is kept once it was found: with the page, or with the rules that are alive on it. */
static PyObject *
kept_plan(TabCore *tab, PyObject *alive, Name *name, Place *place)
{
    if (alive == Py_None)
        return place != NULL ? place->plan : NULL;
    if (tab->alive == NULL || ((Alive *)tab->alive)->rules != alive)
        return NULL;
    return PyDict_GetItemWithError(((Alive *)tab->alive)->plans, name->name);
}

static int
keep_plan(TabCore *tab, PyObject *alive, Name *name, Place *place, PyObject *plan)
{
    if (alive == Py_None && place != NULL)
        Py_XSETREF(place->plan, Py_NewRef(plan));
    else if (tab->alive != NULL && ((Alive *)tab->alive)->rules == alive)
        return PyDict_SetItem(((Alive *)tab->alive)->plans, name->name, plan);
    return 0;
}

static PyObject *
ask_plan(TabCore *tab, Name *name, Place *place)
{
    PyObject *kind = place != NULL ? Py_NewRef(place->kind) : PyObject_GetAttr(tab->page, NAMES.kind);
    PyObject *args[] = {tab->watch, kind, name->name};
    PyObject *plan = kind == NULL ? NULL : PyObject_VectorcallMethod(NAMES.plan, args, 3, NULL);
    Py_XDECREF(kind);
    return plan;
}

/* Return what to read, and what to judge by it: as Watch.plan. */
PyObject *
plan_of(TabCore *tab, Name *name, Place *place)
{
    PyObject *alive = PyObject_GetAttr(tab->watch, NAMES.alive);
    PyObject *plan = alive == NULL ? NULL : Py_XNewRef(kept_plan(tab, alive, name, place));
    if (plan == NULL && alive != NULL && !PyErr_Occurred()) {
        plan = ask_plan(tab, name, place);
        if (plan != NULL && keep_plan(tab, alive, name, place, plan) < 0)
            Py_CLEAR(plan);
    }
    Py_XDECREF(alive);
    return plan;
}

/* Tell whether a plan has rules to judge. */
int
plan_has_rules(Book *book, PyObject *plan)
{
    if (plan == book->nothing)
        return 0;
    PyObject *rules = PyObject_GetAttr(plan, NAMES.rules);
    int found = rules == NULL ? -1 : PyObject_IsTrue(rules);
    Py_XDECREF(rules);
    return found;
}
