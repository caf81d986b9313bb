/* The vendor of the comparison: answers made before it starts, over HTTP/1.1 with keep-alive, on one thread.

   upstream ANSWERS MILLISECONDS

   ANSWERS holds, for each path, a line "path length" and then that many bytes of JSON. Each request is
   answered after MILLISECONDS. "/calls" tells how many requests came since it was asked last. The port is
   told on the first line of standard output. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOTS (1 << 17)
#define MOST_FDS 65536
#define IN_BYTES 65536

struct answer { char *path; char *bytes; size_t length; };
struct connection { char in[IN_BYTES]; size_t have; char *out; size_t out_have, out_done, out_room; unsigned born; };
struct due { double at; int fd; unsigned born; struct answer *answer; };

static struct answer table[SLOTS];
static struct connection *connections[MOST_FDS];
static struct due *waiting;
static size_t waiting_first, waiting_last, waiting_room = 1 << 20;
static unsigned births;
static unsigned long calls;
static int loop_fd;
static double delay;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

static unsigned slot_of(const char *path, size_t length) {
    unsigned long hash = 1469598103934665603UL;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)path[i]) * 1099511628211UL;
    return hash & (SLOTS - 1);
}

static struct answer *find(const char *path, size_t length) {
    for (unsigned i = slot_of(path, length); table[i].path; i = (i + 1) & (SLOTS - 1))
        if (strlen(table[i].path) == length && !memcmp(table[i].path, path, length)) return &table[i];
    return NULL;
}

static void load(const char *name) {
    FILE *file = fopen(name, "rb");
    char path[60000], head[200];
    size_t length;
    if (!file) { perror(name); exit(1); }
    while (fscanf(file, "%59999s %zu", path, &length) == 2) {
        fgetc(file);
        int size = snprintf(head, sizeof head,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
        char *bytes = malloc(size + length);
        memcpy(bytes, head, size);
        if (fread(bytes + size, 1, length, file) != length) { fputs("short file\n", stderr); exit(1); }
        unsigned i = slot_of(path, strlen(path));
        while (table[i].path) i = (i + 1) & (SLOTS - 1);
        table[i] = (struct answer){strdup(path), bytes, size + length};
    }
    fclose(file);
}

static void end(int fd) {
    free(connections[fd]->out);
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

static void flush(int fd) {
    struct connection *c = connections[fd];
    while (c->out_done < c->out_have) {
        ssize_t n = send(fd, c->out + c->out_done, c->out_have - c->out_done, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.fd = fd};
            epoll_ctl(loop_fd, EPOLL_CTL_MOD, fd, &event);
            return;
        }
        if (n <= 0) { end(fd); return; }
        c->out_done += n;
    }
    c->out_done = c->out_have = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(loop_fd, EPOLL_CTL_MOD, fd, &event);
}

static void give(int fd, const char *bytes, size_t length) {
    struct connection *c = connections[fd];
    if (c->out_have + length > c->out_room) c->out = realloc(c->out, c->out_room = (c->out_have + length) * 2);
    memcpy(c->out + c->out_have, bytes, length);
    c->out_have += length;
}

static const char NOT_FOUND[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

static void ask(int fd, const char *path, size_t length) {
    char told[200], body[40];
    if (length == 6 && !memcmp(path, "/calls", 6)) {
        int size = snprintf(body, sizeof body, "%lu", calls);
        calls = 0;
        give(fd, told, snprintf(told, sizeof told,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", size, body));
        return;
    }
    calls++;
    const char *asked = memchr(path, '?', length); /* All that is asked for is answered, whatever part of it is meant. */
    struct answer *answer = find(path, asked ? (size_t)(asked - path) : length);
    if (delay == 0 || !answer) {
        give(fd, answer ? answer->bytes : NOT_FOUND, answer ? answer->length : sizeof NOT_FOUND - 1);
        return;
    }
    waiting[waiting_last++ % waiting_room] = (struct due){now() + delay, fd, connections[fd]->born, answer};
}

static void hear(int fd) {
    struct connection *c = connections[fd];
    ssize_t n = recv(fd, c->in + c->have, IN_BYTES - c->have, 0);
    if (n <= 0) { if (n == 0 || errno != EAGAIN) end(fd); return; }
    c->have += n;
    char *from = c->in, *stop;
    while ((stop = memmem(from, c->in + c->have - from, "\r\n\r\n", 4))) {
        char *path = memchr(from, ' ', stop - from), *last = path ? memchr(path + 1, ' ', stop - path) : NULL;
        if (!last) { end(fd); return; }
        ask(fd, path + 1, last - path - 1);
        from = stop + 4;
    }
    c->have -= from - c->in;
    memmove(c->in, from, c->have);
    if (c->have == IN_BYTES) { end(fd); return; }
    if (c->out_have) flush(fd);
}

int main(int count, char **words) {
    if (count != 3) { fputs("upstream ANSWERS MILLISECONDS\n", stderr); return 2; }
    load(words[1]);
    delay = atof(words[2]) / 1000;
    waiting = malloc(waiting_room * sizeof *waiting);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    if (bind(listener, (void *)&here, sizeof here) || listen(listener, 4096)) { perror("listen"); return 1; }
    getsockname(listener, (void *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    loop_fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
    epoll_ctl(loop_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int wait = -1;
        if (waiting_first != waiting_last) {
            double left = waiting[waiting_first % waiting_room].at - now();
            wait = left <= 0 ? 0 : (int)(left * 1000) + 1;
        }
        int ready = epoll_wait(loop_fd, events, 512, wait);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int taken = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (taken < 0 || taken >= MOST_FDS) { if (taken >= 0) close(taken); continue; }
                setsockopt(taken, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                connections[taken] = calloc(1, sizeof(struct connection));
                connections[taken]->born = ++births;
                event = (struct epoll_event){.events = EPOLLIN, .data.fd = taken};
                epoll_ctl(loop_fd, EPOLL_CTL_ADD, taken, &event);
                continue;
            }
            if (connections[fd] && events[i].events & EPOLLOUT) flush(fd);
            if (connections[fd] && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) hear(fd);
        }
        for (double t = now(); waiting_first != waiting_last; waiting_first++) {
            struct due *due = &waiting[waiting_first % waiting_room];
            if (due->at > t) break;
            struct connection *c = connections[due->fd];
            if (c && c->born == due->born) { give(due->fd, due->answer->bytes, due->answer->length); flush(due->fd); }
        }
    }
}
