/* Asks a server the same few requests over and over, on one thread, and tells how long it took.

   load PORT CONNECTIONS SECONDS REQUESTS

   REQUESTS holds whole HTTP/1.1 requests, each after a line with its length; connections send them in turn,
   one at a time. Tells one line of JSON. Answers may have a length or come in chunks; any status but 200
   counts as failed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096
#define MOST_TIMES (1 << 22)

struct request { char *bytes; size_t length; };
struct connection { int fd; char *in; size_t have, room; size_t checked; double sent; };

static struct request requests[65536];
static size_t request_count, turn, failed;
static struct connection connections[MOST];
static double times[MOST_TIMES];
static size_t done;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

static void ask(struct connection *c) {
    struct request *r = &requests[turn++ % request_count];
    size_t sent = 0;
    c->have = c->checked = 0;
    c->sent = now();
    while (sent < r->length) {
        ssize_t n = send(c->fd, r->bytes + sent, r->length - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) continue;
        if (n <= 0) { fputs("the server closed a connection\n", stderr); exit(1); }
        sent += n;
    }
}

/* Whether the whole answer is there. */
static int whole(struct connection *c) {
    char *stop = memmem(c->in, c->have, "\r\n\r\n", 4);
    if (!stop) return 0;
    size_t head = stop + 4 - c->in;
    char saved = *stop;
    *stop = 0;
    char *length = strcasestr(c->in, "\r\ncontent-length:");
    int chunked = !length && strcasestr(c->in, "\r\ntransfer-encoding:");
    size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
    *stop = saved;
    if (!chunked) return c->have >= head + body;
    return c->have >= head + 5 && !memcmp(c->in + c->have - 5, "0\r\n\r\n", 5);
}

static int smaller(const void *a, const void *b) {
    double x = *(double *)a, y = *(double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **words) {
    if (count != 5) { fputs("load PORT CONNECTIONS SECONDS REQUESTS\n", stderr); return 2; }
    int wanted = atoi(words[2]), one = 1;
    double seconds = atof(words[3]);
    FILE *file = fopen(words[4], "rb");
    size_t length;
    if (!file || wanted < 1 || wanted > MOST) { perror(words[4]); return 1; }
    while (fscanf(file, "%zu", &length) == 1) {
        fgetc(file);
        char *bytes = malloc(length);
        if (fread(bytes, 1, length, file) != length) return 1;
        requests[request_count++] = (struct request){bytes, length};
    }
    int loop = epoll_create1(0);
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < wanted; i++) {
        struct connection *c = &connections[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(c->fd, (void *)&there, sizeof there)) { perror("connect"); return 1; }
        fcntl(c->fd, F_SETFL, O_NONBLOCK);
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        c->in = malloc(c->room = 1 << 16);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &event);
        ask(c);
    }
    double began = now(), last = began;
    int open = wanted;
    struct epoll_event events[256];
    while (open) {
        int ready = epoll_wait(loop, events, 256, 120000);
        if (ready == 0) { fputs("no answer within 120 s\n", stderr); return 1; }
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (c->have + 65536 > c->room) c->in = realloc(c->in, c->room = c->room * 2 + 65536);
            ssize_t n = recv(c->fd, c->in + c->have, c->room - c->have - 1, 0);
            if (n < 0 && errno == EAGAIN) continue;
            if (n <= 0) { fputs("the server closed a connection\n", stderr); return 1; }
            c->have += n;
            if (!whole(c)) continue;
            last = now();
            if (memcmp(c->in + 8, " 200", 4)) failed++;
            if (done < MOST_TIMES) times[done++] = last - c->sent;
            if (last - began < seconds) { ask(c); continue; }
            /* Servers close connections that idle, while slower ones are still waited for. */
            close(c->fd);
            open--;
        }
    }
    qsort(times, done, sizeof *times, smaller);
    printf("{\"requests\": %zu, \"failed\": %zu, \"seconds\": %.6f, \"median_ms\": %.4f, \"p99_ms\": %.4f}\n", done, failed,
           last - began, times[done / 2] * 1000, times[done * 99 / 100] * 1000);
    return 0;
}
