/* How a chance is kept: chances.c reads it from its tuple, chance_of.c tells it of a moment. */
#ifndef SHOPBELL_CHANCES_H
#define SHOPBELL_CHANCES_H

#include "rules.h"

#define MOST_PARTS 16
#define MOST_FLIPS 4

enum kind { EVERY, SOME, ALWAYS, IF, MEASURE, NOTHING, PYTHON, KINDS };
enum source { OF_SLOT, OF_SINCE, OF_AGE };
enum rises { RISES_ALWAYS, RISES_ON_KIND, RISES_ON_PRODUCT, RISES_IN_CATEGORY };
enum ahead { AS_IT_IS, FROM_NOW, ON_TOP };

struct Chance {
    int kind, opposite, state, n_fixed, n_parts;
    Moment fixed[2]; /* the moments that come with ``state`` */
    Test test;
    PyObject *python;
    int source, slot, before, n_flips, name, rises, ahead, page_dwell;
    PyObject *page_kind;
    struct {
        double at;
        int becomes;
    } flips[MOST_FLIPS];
    Chance *parts[MOST_PARTS];
};

int chance_among(PyObject *name, const char *const *names, int size);

#endif
