/* The least a server can do: on one thread, one send per socket of bytes that are there already.

   broadcast

   Knows nothing of websockets or GraphQL but what `listen.c` sends it. Tells its port and that for changes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ID_LENGTH 36
struct peer { int fd, subscribed; size_t have; char id[ID_LENGTH]; unsigned char in[1024]; };

static struct peer *peers[40000];
static int peer_count, loop;

static int listening(int *port) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (void *)&here, sizeof here) || listen(fd, 1024)) { perror("listen"); exit(1); }
    getsockname(fd, (void *)&here, &size);
    *port = ntohs(here.sin_port);
    return fd;
}

static void tell(struct peer *p, const char *text, size_t length) {
    unsigned char frame[1024];
    size_t head = length < 126 ? 2 : 4;
    frame[0] = 0x81;
    frame[1] = length < 126 ? length : 126;
    if (head == 4) { frame[2] = length >> 8; frame[3] = length & 255; }
    memcpy(frame + head, text, length);
    send(p->fd, frame, head + length, MSG_NOSIGNAL);
}

static void change(void) {
    static int number;
    static const char before[] = "{\"id\":\"", between[] = "\",\"type\":\"next\",\"payload\":";
    char payload[512], frame[1024];
    int length = snprintf(payload, sizeof payload,
        "{\"data\":{\"stationChanged\":{\"kind\":\"UPDATED\",\"id\":\"bench:station:7\","
        "\"station\":{\"name\":\"Station 7\",\"description\":\"change %06d\"}}}}}", ++number);
    size_t text = sizeof before - 1 + ID_LENGTH + sizeof between - 1 + length;
    frame[0] = 0x81; frame[1] = 126; frame[2] = text >> 8; frame[3] = text & 255;
    memcpy(frame + 4, before, sizeof before - 1);
    char *id = frame + 4 + sizeof before - 1;
    memcpy(id + ID_LENGTH, between, sizeof between - 1);
    memcpy(id + ID_LENGTH + sizeof between - 1, payload, length);
    for (int i = 0; i < peer_count; i++) {
        if (!peers[i]->subscribed) continue;
        memcpy(id, peers[i]->id, ID_LENGTH);
        send(peers[i]->fd, frame, text + 4, MSG_NOSIGNAL);
    }
}

static void take(struct peer *p) {
    static const char accepted[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
    ssize_t n = recv(p->fd, p->in + p->have, sizeof p->in - p->have, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { p->subscribed = 0; close(p->fd); return; }
    p->have += n;
    if (!memcmp(p->in, "GET ", 4)) {
        if (!memmem(p->in, p->have, "\r\n\r\n", 4)) return;
        send(p->fd, accepted, sizeof accepted - 1, MSG_NOSIGNAL);
        p->have = 0;
        return;
    }
    size_t at = 0;
    while (p->have - at >= 6) {
        unsigned char *frame = p->in + at;
        size_t length = frame[1] & 127, head = 6;
        if (length == 126) { length = frame[2] << 8 | frame[3]; head = 8; }
        if (p->have - at < head + length) break;
        char *text = (char *)frame + head;
        if (memmem(text, length, "connection_init", 15)) tell(p, "{\"type\":\"connection_ack\"}", 25);
        else if (memmem(text, length, "subscribe", 9)) { memcpy(p->id, text + 7, ID_LENGTH); p->subscribed = 1; }
        else if (memmem(text, length, "\"ping\"", 6)) tell(p, "{\"type\":\"pong\"}", 15);
        at += head + length;
    }
    memmove(p->in, p->in + at, p->have - at);
    p->have -= at;
}

int main(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int port, control_port, control = -1, one = 1, door = listening(&port), changes = listening(&control_port);
    loop = epoll_create1(0);
    struct epoll_event events[512], event = {.events = EPOLLIN, .data.ptr = &door};
    epoll_ctl(loop, EPOLL_CTL_ADD, door, &event);
    event.data.ptr = &changes;
    epoll_ctl(loop, EPOLL_CTL_ADD, changes, &event);
    printf("%d %d\n", port, control_port);
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(loop, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            void *what = events[i].data.ptr;
            if (what == &changes) {
                control = accept(changes, NULL, NULL);
                event.data.ptr = &control;
                epoll_ctl(loop, EPOLL_CTL_ADD, control, &event);
            } else if (what == &control) {
                char line[64];
                ssize_t n = recv(control, line, sizeof line, 0);
                if (n <= 0) return 0;
                for (ssize_t k = 0; k < n; k++) if (line[k] == '\n') change();
            } else if (what == &door) {
                struct peer *p = calloc(1, sizeof *p);
                p->fd = accept(door, NULL, NULL);
                fcntl(p->fd, F_SETFL, O_NONBLOCK);
                setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                peers[peer_count++] = p;
                event.data.ptr = p;
                epoll_ctl(loop, EPOLL_CTL_ADD, p->fd, &event);
            } else take(what);
        }
    }
}
