/*
 * The module: what is left of an event's cost once everything else is compiled, written in C.
 *
 * Every event passes here. hot.h tells what is where; engine/native/twin.py is the same in Python where a function
 * has a twin, and engine/pipeline.py where it is a station of the event's way. Tests hold the two to each other.
 */
#include "hot.h"

struct names NAMES;

static int
make_names(void)
{
    struct {
        PyObject **name;
        const char *text;
    } names[] = {
        {&NAMES.plan, "plan"}, {&NAMES.rules, "rules"}, {&NAMES.kind, "kind"}, {&NAMES.turn_to, "turn_to"},
        {&NAMES.make_place, "make_place"}, {&NAMES.make_recipe, "make_recipe"}, {&NAMES.shape_of, "shape_of"},
        {&NAMES.make_tail, "make_tail"}, {&NAMES.nothing, "nothing"}, {&NAMES.page_view, "page_view"}, {&NAMES.name, "name"},
        {&NAMES.seq, "seq"}, {&NAMES.doc, "doc"}, {&NAMES.make_view, "make_view"},
        {&NAMES.casefold, "casefold"}, {&NAMES.session_started_ms, "session_started_ms"},
        {&NAMES.make_judge, "make_judge"}, {&NAMES.make_rule, "make_rule"}, {&NAMES.make_arm, "make_arm"},
        {&NAMES.make_alive, "make_alive"}, {&NAMES.alive, "alive"}, {&NAMES.armed, "armed"},
        {&NAMES.unobtrusive, "unobtrusive"}, {&NAMES.product, "product"}, {&NAMES.category_id, "category_id"},
        {&NAMES.site, "site"},
    };
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        if ((*names[n].name = PyUnicode_InternFromString(names[n].text)) == NULL)
            return -1;
    }
    return (NAMES.frame_kind = PyBytes_FromString("f")) == NULL ? -1 : 0;
}

static int
add_type(PyObject *module, const char *name, PyTypeObject *type)
{
    return type == NULL ? -1 : PyModule_AddObjectRef(module, name, (PyObject *)type);
}

static int
add_types(PyObject *module)
{
    Recipe_Type = recipe_type();
    TabCore_Type = tab_core_type();
    Step_Type = step_type();
    Way_Type = way_type();
    Histogram_Type = histogram_type();
    Sheet_Type = sheet_type();
    return book_types() < 0 || judge_types() < 0 || add_type(module, "Recipe", Recipe_Type) < 0
           || add_type(module, "TabCore", TabCore_Type) < 0 || add_type(module, "Step", Step_Type) < 0
           || add_type(module, "Way", Way_Type) < 0 || add_type(module, "Sheet", Sheet_Type) < 0
           || add_type(module, "Door", door_type()) < 0 || add_type(module, "Histogram", Histogram_Type) < 0;
}

static PyMethodDef methods[] = {
    {"packed_words", packed_words, METH_O, "packed_words(words)\n--\n\nSee engine/native/twin.py."},
    {"packed_call", (PyCFunction)(void (*)(void))packed_call, METH_FASTCALL,
     "packed_call(count, head, words, tail)\n--\n\nSee engine/native/twin.py."},
    {"now_ms", now_ms, METH_NOARGS, "now_ms()\n--\n\nSee engine/native/twin.py."},
    {"is_sound", (PyCFunction)(void (*)(void))is_sound, METH_FASTCALL,
     "is_sound(data, most, but)\n--\n\nSee engine/native/twin.py."},
    {"are_sound", (PyCFunction)(void (*)(void))are_sound, METH_FASTCALL,
     "are_sound(items, most)\n--\n\nSee engine/native/twin.py."},
    {"usual_data", (PyCFunction)(void (*)(void))usual_data, METH_FASTCALL,
     "usual_data(frame)\n--\n\nReturn what a frame of the usual form says, for tests: see said.c."},
    {"plain_text", plain_text, METH_O, "plain_text(frame)\n--\n\nSee engine/native/twin.py."},
    {"believe_frames", (PyCFunction)(void (*)(void))believe_frames, METH_FASTCALL,
     "believe_frames(type, samples)\n--\n\nHave plain_text read frames of this type, if samples are as C knows them."},
    {"tell_all", (PyCFunction)(void (*)(void))tell_all, METH_FASTCALL,
     "tell_all(waiting, reply)\n--\n\nSee engine/native/twin.py."},
    {"read_events_by", read_events_by, METH_O,
     "read_events_by(reader)\n--\n\nHave the event of a step read from its frame by this function."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef hot = {
    PyModuleDef_HEAD_INIT, "engine.native.hot", "See engine/native/__init__.py.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit_hot(void)
{
    PyObject *module = PyModule_Create(&hot);
    if (module != NULL && (make_names() < 0 || add_types(module)))
        Py_CLEAR(module);
    return module;
}
