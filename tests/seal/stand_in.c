/* The functions of macOS that homebody calls, with macOS' own signatures, recording what they are given.

   Built and loaded by the tests on Linux: it shows that the calls through ctypes are right, and says nothing of
   what macOS does with them. STAND_IN_LOG names the record, STAND_IN_REFUSES makes the seal fail, STAND_IN_SEALED
   makes the process look sealed from the start, STAND_IN_UNKNOWN is a word that does not compile. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sealed;

static void note(const char *word, const char *text) {
    FILE *log = fopen(getenv("STAND_IN_LOG"), "a");
    fprintf(log, "%s %zu\n%s\n", word, strlen(text), text);
    fclose(log);
}

int sandbox_init_with_parameters(const char *profile, uint64_t flags, const char *const parameters[], char **error) {
    *error = NULL;
    note("flags", flags == 0 ? "0" : "other");
    if (getenv("STAND_IN_REFUSES")) {
        *error = strdup("sandbox_init: forbidden\nsecond line");
        return -1;
    }
    note("init", profile);
    for (; *parameters; parameters++) note("parameter", *parameters);
    sealed = getenv("STAND_IN_HOLDS_NOT") == NULL;
    return 0;
}

int sandbox_check(int pid, const char *operation, int type, ...) {
    if (operation != NULL || type != 0) abort();
    return pid == getpid() ? sealed || getenv("STAND_IN_SEALED") != NULL : pid == 1;
}

void sandbox_free_error(char *error) {
    note("freed", error);
    free(error);
}

void *sandbox_create_params(void) { return calloc(1, 16); }
void sandbox_free_params(void *parameters) { free(parameters); }
void sandbox_free_profile(void *profile) { free(profile); }

int sandbox_set_param(void *parameters, const char *name, const char *value) {
    return parameters == NULL || name == NULL || value == NULL;
}

void *sandbox_compile_string(const char *text, void *parameters, char **error) {
    const char *unknown = getenv("STAND_IN_UNKNOWN");
    *error = NULL;
    if (parameters == NULL) abort();
    if (unknown && strstr(text, unknown)) {
        *error = strdup("line 3: unbound variable");
        return NULL;
    }
    return calloc(1, 16);
}

int ptrace(int request, int pid, void *address, int data) {
    note("ptrace", request == 31 && pid == 0 && address == NULL && data == 0 ? "31" : "other");
    return 0;
}

static long as_macos(long result) {
    if (result < 0 && errno == ENODATA) errno = 93; /* ENOATTR */
    return result;
}

ssize_t flistxattr(int file, char *names, size_t size, int options) {
    if (options) abort();
    return as_macos(syscall(SYS_flistxattr, file, names, size));
}

ssize_t fgetxattr(int file, const char *name, void *value, size_t size, uint32_t position, int options) {
    if (position || options) abort();
    return as_macos(syscall(SYS_fgetxattr, file, name, value, size));
}

int fsetxattr(int file, const char *name, const void *value, size_t size, uint32_t position, int options) {
    if (position || options) abort();
    return (int)as_macos(syscall(SYS_fsetxattr, file, name, value, size, 0));
}

int fremovexattr(int file, const char *name, int options) {
    if (options) abort();
    return (int)as_macos(syscall(SYS_fremovexattr, file, name));
}
