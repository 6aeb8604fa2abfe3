/*
 * The benchmark in native code: two copies of glue.c, `left` and `right`, and an Ethernet in
 * memory. Reads commands, line by line, and answers each with nanoseconds of CPU time, what was
 * done in them, frames carried, and how often time had to be moved on; as subjects/main.ts does.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEGMENT 1460

#define STACK(side)                                                                              \
  int side##_next_length(void);                                                                  \
  void side##_take_frame(void *target);                                                          \
  void *side##_frame_buffer(int length);                                                         \
  void side##_receive(void);                                                                     \
  void side##_listen(int mode);                                                                  \
  int side##_connect(int index);                                                                 \
  int side##_fill(int copies);                                                                   \
  void side##_request(int index);                                                                \
  void side##_close(int index);                                                                  \
  double side##_received(void);                                                                  \
  int side##_established(void);                                                                  \
  int side##_replies(void);                                                                      \
  int side##_finished(void);                                                                     \
  void side##_advance(int ms);                                                                   \
  void side##_init(int self, int peer);

STACK(left)
STACK(right)

static uint64_t frames, stalls;

#define PASS(from, to)                                                                           \
  static int from##_pass(void) {                                                                 \
    int length = from##_next_length();                                                           \
    if (length == 0) return 0;                                                                   \
    from##_take_frame(to##_frame_buffer(length));                                                \
    to##_receive();                                                                              \
    frames++;                                                                                    \
    return 1;                                                                                    \
  }

PASS(left, right)
PASS(right, left)

/* Every frame is answered before the next one is carried. */
static void carry(void) {
  int any;
  do {
    any = 0;
    while (left_pass()) {
      any = 1;
      while (right_pass()) continue;
    }
    while (right_pass()) any = 1;
  } while (any);
}

static void advance(int ms) {
  left_advance(ms);
  right_advance(ms);
  carry();
}

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void bulk(double octets, int copies) {
  double until = right_received() + octets;
  while (right_received() < until) {
    double before = right_received();
    left_fill(copies);
    carry();
    if (right_received() != before) continue;
    stalls++;
    advance(10);
  }
}

static void open_many(int count) {
  for (int index = left_established(); index < count; index++) {
    if (!left_connect(index)) fail("connect");
    carry();
  }
  if (left_established() != count) fail("not all are established");
}

static void exchange(int connections, int count) {
  static int next;
  for (int done = 0; done < count; done++) {
    int before = left_replies();
    left_request(next);
    carry();
    if (left_replies() != before + 1) fail("no reply");
    if (++next >= connections) next = 0;
    if (done % 1000 == 999) advance(1);
  }
}

static void connect_and_close(int count) {
  for (int done = 0; done < count; done++) {
    int before = right_finished();
    if (!left_connect(0)) fail("connect");
    carry();
    left_close(0);
    carry();
    if (right_finished() != before + 1) fail("not closed");
    if (done % 1000 == 999) advance(1);
  }
}

static double cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

int main(void) {
  char line[100], word[20];
  int isListening = 0, first, second;
  left_init(1, 2);
  right_init(2, 1);
  carry();
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "%19s %d %d", word, &first, &second) != 3) fail("a word and two numbers");
    int kind = word[1] - '1';
    if (!isListening) right_listen(kind);
    if (!isListening && kind == 0) open_many(1);
    if (!isListening && kind == 1) open_many(first);
    isListening = 1;
    frames = stalls = 0;
    double begin = cpu_ns();
    if (kind == 0) bulk((double)second * SEGMENT, first == 0);
    if (kind == 1) exchange(first, second);
    if (kind == 2) connect_and_close(second);
    printf("%.0f %d %llu %llu\n", cpu_ns() - begin, second, (unsigned long long)frames,
           (unsigned long long)stalls);
    fflush(stdout);
  }
  return 0;
}
