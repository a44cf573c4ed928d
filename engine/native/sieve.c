/* From all rules of a kind of page to those that concern the visitor: engine/core/sieve.py, which says how it works. */
#include "rules.h"

typedef struct {
    int of_who, number, folds;
    PyObject *read, *cases; /* value -> the place of what follows */
    Junction **below;
    int size;
} Switch;

typedef struct {
    int slot, operator, size;
    double *steps;
    Junction **above;
} Ladder;

typedef struct {
    Test test;
    Junction *passed;
    int *failed, n_failed;
} Branch;

struct Junction {
    Switch *switches;
    Ladder *ladders;
    Branch *branches;
    int *alive, *true_now;
    int n_switches, n_ladders, n_branches, n_alive, n_true;
};

/* Make room for what a list tells; NULL with an exception where it is no list. One more than needed: never none. */
static void *
room_for(PyObject *list, size_t of_each)
{
    void *made = PyList_Check(list) ? PyMem_Calloc((size_t)PyList_GET_SIZE(list) + 1, of_each) : NULL;
    if (made == NULL && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "a junction is made of lists");
    return made;
}

int
orders_read(PyObject *told, int **orders, int *size)
{
    *size = 0;
    *orders = room_for(told, sizeof(int));
    for (; *orders != NULL && *size < PyList_GET_SIZE(told); ++*size)
        (*orders)[*size] = (int)PyLong_AsLong(PyList_GET_ITEM(told, *size));
    return *orders == NULL || PyErr_Occurred() ? -1 : 0;
}

static int
read_switch(PyObject *told, Switch *into)
{
    PyObject *source, *below;
    if (!PyArg_ParseTuple(told, "OiOpO!O!", &source, &into->number, &into->read, &into->folds, &PyDict_Type,
                          &into->cases, &PyList_Type, &below)) {
        into->read = into->cases = NULL;
        return -1;
    }
    Py_INCREF(into->read);
    Py_INCREF(into->cases);
    into->of_who = PyUnicode_Check(source) && PyUnicode_CompareWithASCIIString(source, "who") == 0;
    into->below = room_for(below, sizeof(Junction *));
    for (; into->below != NULL && into->size < PyList_GET_SIZE(below); into->size++) {
        if ((into->below[into->size] = junction_read(PyList_GET_ITEM(below, into->size))) == NULL)
            return -1;
    }
    return into->below == NULL ? -1 : 0;
}

static int
read_ladder(PyObject *told, Ladder *into)
{
    PyObject *steps, *above;
    if (!PyArg_ParseTuple(told, "iiO!O!", &into->slot, &into->operator, &PyList_Type, &steps, &PyList_Type, &above)
        || (into->steps = room_for(steps, sizeof(double))) == NULL
        || (into->above = room_for(above, sizeof(Junction *))) == NULL)
        return -1;
    for (; into->size < PyList_GET_SIZE(above) && into->size < PyList_GET_SIZE(steps); into->size++) {
        into->steps[into->size] = PyFloat_AsDouble(PyList_GET_ITEM(steps, into->size));
        if (PyErr_Occurred() || (into->above[into->size] = junction_read(PyList_GET_ITEM(above, into->size))) == NULL)
            return -1;
    }
    return 0;
}

static int
read_branch(PyObject *told, Branch *into)
{
    PyObject *test, *passed, *failed;
    if (!PyArg_ParseTuple(told, "OOO", &test, &passed, &failed) || test_read(test, &into->test) < 0
        || orders_read(failed, &into->failed, &into->n_failed) < 0)
        return -1;
    into->passed = junction_read(passed);
    return into->passed == NULL ? -1 : 0;
}

static int
read_all(Junction *made, PyObject *switches, PyObject *ladders, PyObject *branches)
{
    if ((made->switches = room_for(switches, sizeof(Switch))) == NULL
        || (made->ladders = room_for(ladders, sizeof(Ladder))) == NULL
        || (made->branches = room_for(branches, sizeof(Branch))) == NULL)
        return -1;
    while (made->n_switches < PyList_GET_SIZE(switches)) {
        made->n_switches++;
        if (read_switch(PyList_GET_ITEM(switches, made->n_switches - 1), &made->switches[made->n_switches - 1]) < 0)
            return -1;
    }
    while (made->n_ladders < PyList_GET_SIZE(ladders)) {
        made->n_ladders++;
        if (read_ladder(PyList_GET_ITEM(ladders, made->n_ladders - 1), &made->ladders[made->n_ladders - 1]) < 0)
            return -1;
    }
    while (made->n_branches < PyList_GET_SIZE(branches)) {
        made->n_branches++;
        if (read_branch(PyList_GET_ITEM(branches, made->n_branches - 1), &made->branches[made->n_branches - 1]) < 0)
            return -1;
    }
    return 0;
}

/* Read a place in the sieve, and all below it, from tuples. */
Junction *
junction_read(PyObject *told)
{
    PyObject *switches, *ladders, *branches, *alive, *true_now;
    if (!PyArg_ParseTuple(told, "OOOOO", &switches, &ladders, &branches, &alive, &true_now))
        return NULL;
    Junction *made = PyMem_Calloc(1, sizeof(Junction));
    if (made == NULL)
        return (Junction *)PyErr_NoMemory();
    if (orders_read(alive, &made->alive, &made->n_alive) == 0
        && orders_read(true_now, &made->true_now, &made->n_true) == 0 && read_all(made, switches, ladders, branches) == 0)
        return made;
    junction_forget(made);
    return NULL;
}

void
junction_forget(Junction *junction)
{
    if (junction == NULL)
        return;
    for (int n = 0; n < junction->n_switches; n++) {
        Switch *each = &junction->switches[n];
        for (int at = 0; at < each->size; at++)
            junction_forget(each->below[at]);
        PyMem_Free(each->below);
        Py_XDECREF(each->read);
        Py_XDECREF(each->cases);
    }
    for (int n = 0; n < junction->n_ladders; n++) {
        for (int at = 0; at < junction->ladders[n].size; at++)
            junction_forget(junction->ladders[n].above[at]);
        PyMem_Free(junction->ladders[n].above);
        PyMem_Free(junction->ladders[n].steps);
    }
    for (int n = 0; n < junction->n_branches; n++) {
        test_forget(&junction->branches[n].test);
        junction_forget(junction->branches[n].passed);
        PyMem_Free(junction->branches[n].failed);
    }
    PyMem_Free(junction->switches);
    PyMem_Free(junction->ladders);
    PyMem_Free(junction->branches);
    PyMem_Free(junction->alive);
    PyMem_Free(junction->true_now);
    PyMem_Free(junction);
}

static int
add_orders(int *to, int *size, int most, const int *orders, int more)
{
    if (*size + more > most)
        return STUCK;
    memcpy(to + *size, orders, (size_t)more * sizeof *orders);
    *size += more;
    return 0;
}

static int
sift_switch(const Switch *each, Sight *sight, Sifted *out)
{
    PyObject *value;
    if (fact_at(sight, each->of_who, each->number, each->read, each->folds, &value) < 0)
        return STUCK;
    PyObject *place = PyDict_GetItemWithError(each->cases, value);
    if (place == NULL)
        return PyErr_Occurred() ? STUCK : 0;
    long at = PyLong_AsLong(place);
    return at < 0 || at >= each->size ? STUCK : junction_sift(each->below[at], sight, out);
}

static int
sift_ladder(const Ladder *each, Sight *sight, Sifted *out)
{
    double value;
    if (number_at(sight, each->slot, &value) < 0)
        return STUCK;
    for (int n = 0; n < each->size && compare(each->operator, value, each->steps[n]); n++) {
        if (junction_sift(each->above[n], sight, out) < 0)
            return STUCK;
    }
    return 0;
}

static int
sift_branch(const Branch *each, Sight *sight, Sifted *out)
{
    int passed = test_true(&each->test, sight);
    if (passed < 0)
        return STUCK;
    return passed ? junction_sift(each->passed, sight, out)
                  : add_orders(out->waiting, &out->n_waiting, out->most, each->failed, each->n_failed);
}

/* Add what the moment lets through from here on. */
int
junction_sift(const Junction *junction, Sight *sight, Sifted *out)
{
    if (add_orders(out->alive, &out->n_alive, out->most, junction->alive, junction->n_alive) < 0
        || add_orders(out->true_now, &out->n_true, out->most, junction->true_now, junction->n_true) < 0)
        return STUCK;
    for (int n = 0; n < junction->n_switches; n++) {
        if (sift_switch(&junction->switches[n], sight, out) < 0)
            return STUCK;
    }
    for (int n = 0; n < junction->n_ladders; n++) {
        if (sift_ladder(&junction->ladders[n], sight, out) < 0)
            return STUCK;
    }
    for (int n = 0; n < junction->n_branches; n++) {
        if (sift_branch(&junction->branches[n], sight, out) < 0)
            return STUCK;
    }
    return 0;
}
