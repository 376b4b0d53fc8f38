/* A scenario file of key=value lines, named by STUB_DRIVER_SCENARIO: what the stub drivers pretend.
 * `gpu.3.name` wins over `gpu.name`; `hang=NAME` makes the function NAME sleep for ever. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int find(const char *key, char *value, size_t size)
{
    const char *path = getenv("STUB_DRIVER_SCENARIO");
    char line[512];
    FILE *file = path ? fopen(path, "r") : NULL;
    size_t length = strlen(key);
    int found = 0;
    if (!file)
        return 0;
    while (!found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (!strncmp(line, key, length) && line[length] == '=') {
            snprintf(value, size, "%s", line + length + 1);
            found = 1;
        }
    }
    fclose(file);
    return found;
}

static const char *text_of(long gpu, const char *name, const char *otherwise)
{
    static char value[512];
    char key[128];
    if (gpu >= 0) {
        snprintf(key, sizeof key, "gpu.%ld.%s", gpu, name);
        if (find(key, value, sizeof value))
            return value;
        snprintf(key, sizeof key, "gpu.%s", name);
    } else {
        snprintf(key, sizeof key, "%s", name);
    }
    return find(key, value, sizeof value) ? value : otherwise;
}

static long number_of(long gpu, const char *name, long otherwise)
{
    const char *text = text_of(gpu, name, NULL);
    return text ? strtol(text, NULL, 10) : otherwise;
}

static void maybe_hang(const char *function)
{
    if (!strcmp(text_of(-1, "hang", ""), function))
        for (;;)
            pause();
}
