/*
 * rccl-answer: does this librccl load, and does it answer?
 *
 *   rccl-answer [LIBRARY]          (default: librccl.so.1)
 *
 * Prints one line of JSON on standard output, for instance
 *
 *   {"library":"/opt/rccl/lib/librccl.so.1.0","ncclGetVersion":21304,"ncclGetUniqueId":0}
 *
 * where ncclGetVersion is the version the library reports and ncclGetUniqueId the result code of that call. Ends
 * with 0 if everything answered, with 1 and a message on standard error if loading or a call failed, with 2 if it was
 * called wrongly.
 *
 * No GPU is needed: both calls stay on the host. ncclGetUniqueId opens the socket on which the other ranks of a job
 * would meet, so that it also shows whether RCCL finds a network interface; on a machine without a network set
 * NCCL_SOCKET_IFNAME=lo.
 *
 * The library is opened at run time rather than linked, and the three prototypes are written down here. So the
 * program compiles with any C compiler and no HIP header, and a library that lacks a symbol, or whose own
 * dependencies are missing, gives a message from here instead of one from the dynamic linker.
 *
 * Build: cc -std=c11 -O2 -Wall -Wextra -o rccl-answer rccl-answer.c -ldl
 */
#define _GNU_SOURCE /* dladdr */

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From rccl.h: ncclResult_t is an enum with ncclSuccess == 0, ncclUniqueId an opaque struct of 128 bytes. */
typedef int result;
typedef struct {
  char internal[128];
} unique_id;

typedef result get_version_fn(int *version);
typedef result get_unique_id_fn(unique_id *id);
typedef const char *get_error_string_fn(result code);

/* dlsym returns an object pointer; ISO C has no conversion from it to a function pointer, POSIX promises that the
 * bits are the same. Copying them says so without a warning. */
static int find(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  if (address == NULL) {
    const char *why = dlerror();
    fprintf(stderr, "rccl-answer: no %s: %s\n", name, why != NULL ? why : "the symbol is null");
    return 0;
  }
  memcpy(function, &address, sizeof address);
  return 1;
}

static void print_json_string(FILE *out, const char *text) {
  fputc('"', out);
  for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      fprintf(out, "\\%c", *c);
    else if (*c < 0x20)
      fprintf(out, "\\u%04x", *c);
    else
      fputc(*c, out);
  }
  fputc('"', out);
}

int main(int argc, char **argv) {
  if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
    fprintf(stderr, "usage: rccl-answer [LIBRARY]\n");
    return 2;
  }
  const char *wanted = argc == 2 ? argv[1] : "librccl.so.1";

  /* RCCL writes its version and its log to standard output as soon as NCCL_DEBUG is set. Standard output belongs to
   * the answer alone: keep it aside and send everything else to standard error. */
  int answer_fd = dup(STDOUT_FILENO);
  FILE *answer = answer_fd < 0 ? NULL : fdopen(answer_fd, "w");
  if (answer == NULL || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    perror("rccl-answer: standard output");
    return 1;
  }

  /* RTLD_NOW: a symbol that cannot be resolved has to fail here, not in the middle of a job. */
  void *library = dlopen(wanted, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "rccl-answer: cannot load %s: %s\n", wanted, dlerror());
    return 1;
  }

  get_version_fn *get_version;
  get_unique_id_fn *get_unique_id;
  get_error_string_fn *get_error_string;
  if (!find(library, "ncclGetVersion", &get_version) || !find(library, "ncclGetUniqueId", &get_unique_id) ||
      !find(library, "ncclGetErrorString", &get_error_string))
    return 1;

  /* The name that was asked for says little: the search path decides. Report the file that was truly mapped. */
  Dl_info info;
  void *address;
  memcpy(&address, &get_version, sizeof address);
  char path[PATH_MAX];
  if (dladdr(address, &info) == 0 || info.dli_fname == NULL || realpath(info.dli_fname, path) == NULL) {
    fprintf(stderr, "rccl-answer: cannot tell which file %s was loaded from\n", wanted);
    return 1;
  }

  int version = 0;
  result code = get_version(&version);
  if (code != 0) {
    fprintf(stderr, "rccl-answer: ncclGetVersion: %d (%s)\n", code, get_error_string(code));
    return 1;
  }

  unique_id id;
  memset(&id, 0, sizeof id);
  code = get_unique_id(&id);
  if (code != 0) {
    fprintf(stderr, "rccl-answer: ncclGetUniqueId: %d (%s)\n", code, get_error_string(code));
    return 1;
  }

  fputs("{\"library\":", answer);
  print_json_string(answer, path);
  fprintf(answer, ",\"ncclGetVersion\":%d,\"ncclGetUniqueId\":%d}\n", version, code);
  if (fclose(answer) != 0) {
    perror("rccl-answer: standard output");
    return 1;
  }

  /* RCCL's bootstrap thread may still be waiting on its socket. Leave without running the library's destructors
   * under it: the answer is written, and they have nothing to add. */
  fflush(NULL);
  _exit(0);
}
