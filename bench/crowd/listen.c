/* Thousands of graphql-transport-ws clients on one thread: how long a change takes to reach the last of them.

   listen PORT CONTROL SOCKETS ROUNDS DOCUMENT

   Each socket follows DOCUMENT under an id of its own. A line to CONTROL makes the server change something; change
   number n holds the text "change 00000n". Everybody must get each change once, in one frame, the same bytes for all
   but the id. Tells "connected" on a line, waits for one, and tells a line of JSON. */
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
#include <time.h>
#include <unistd.h>

#define MOST 20000
#define AT_ONCE 32
#define PER_ADDRESS 5000
#define ID_LENGTH 36
#define ROOM 4096

enum phase { IDLE, SHAKING, GREETING, SUBSCRIBING, LISTENING };
struct client { int fd, round; enum phase phase; size_t have; char id[ID_LENGTH + 1]; unsigned char in[ROOM]; };

static struct client *clients;
static int wanted, opening, open_count, next_client, round_number, arrived, loop;
static struct sockaddr_in there = {.sin_family = AF_INET};
static char marker[32], document[2048], first[ROOM];
static size_t first_length;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static void fail(const char *why) { fprintf(stderr, "%s\n", why); exit(1); }

static void send_all(int fd, const void *bytes, size_t length) {
    if (send(fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) fail("a server does not read");
}

/* A frame from a client; the mask of zeros leaves the text as it is. */
static void send_frame(struct client *c, int opcode, const char *text, size_t length) {
    unsigned char frame[ROOM];
    size_t head = length < 126 ? 2 : 4;
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (length < 126 ? length : 126);
    if (head == 4) { frame[2] = length >> 8; frame[3] = length & 255; }
    memset(frame + head, 0, 4);
    memcpy(frame + head + 4, text, length);
    send_all(c->fd, frame, head + 4 + length);
}

static void begin(struct client *c, int number) {
    int one = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + number / PER_ADDRESS)};
    char text[512];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (c->fd < 0 || bind(c->fd, (void *)&here, sizeof here) || connect(c->fd, (void *)&there, sizeof there)) {
        perror("connect");
        exit(1);
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(loop, EPOLL_CTL_ADD, c->fd, &event);
    snprintf(c->id, sizeof c->id, "%08d-0000-4000-8000-000000000000", number);
    int length = snprintf(text, sizeof text,
        "GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n");
    c->phase = SHAKING;
    opening++;
    send_all(c->fd, text, length);
}

static void take_change(struct client *c, char *text, size_t length) {
    static char rest[ROOM];
    char *id = memmem(text, length, c->id, ID_LENGTH);
    if (!id) fail("a change for somebody else");
    if (c->round == round_number) fail("a change came twice");
    c->round = round_number;
    size_t before = id - text;
    memcpy(rest, text, before);
    memcpy(rest + before, id + ID_LENGTH, length - before - ID_LENGTH);
    if (!arrived++) {
        first_length = length - ID_LENGTH;
        memcpy(first, rest, first_length);
    } else if (first_length != length - ID_LENGTH || memcmp(first, rest, first_length)) fail("not the same for all");
}

static void take_text(struct client *c, char *text, size_t length) {
    char line[ROOM];
    if (marker[0] && memmem(text, length, marker, strlen(marker))) { take_change(c, text, length); return; }
    char *kind = memmem(text, length, "\"type\"", 6);
    if (!kind) fail("a message without a type");
    kind += 6 + strspn(kind + 6, ": \"");
    if (!strncmp(kind, "ping", 4)) send_frame(c, 1, "{\"type\":\"pong\"}", 15);
    else if (!strncmp(kind, "connection_ack", 14)) {
        int size = snprintf(line, sizeof line, "{\"id\":\"%s\",\"type\":\"subscribe\",\"payload\":{\"query\":\"%s\"}}", c->id, document);
        send_frame(c, 1, line, size);
        /* Answered once the message before was read. */
        send_frame(c, 1, "{\"type\":\"ping\"}", 15);
        c->phase = SUBSCRIBING;
    } else if (!strncmp(kind, "pong", 4)) {
        if (c->phase == SUBSCRIBING) { c->phase = LISTENING; opening--; open_count++; }
    } else if (strncmp(kind, "next", 4)) fail(text);
}

static void take(struct client *c) {
    ssize_t n = recv(c->fd, c->in + c->have, ROOM - 1 - c->have, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) fail("a server closed a socket");
    c->have += n;
    size_t at = 0;
    if (c->phase == SHAKING) {
        unsigned char *end = memmem(c->in, c->have, "\r\n\r\n", 4);
        if (!end) return;
        if (memcmp(c->in + 9, "101", 3)) fail("no websocket");
        at = end + 4 - c->in;
        c->phase = GREETING;
        send_frame(c, 1, "{\"type\":\"connection_init\"}", 26);
    }
    while (c->have - at >= 2) {
        unsigned char *frame = c->in + at;
        size_t length = frame[1] & 127, head = 2;
        if (length == 126) {
            if (c->have - at < 4) break;
            length = frame[2] << 8 | frame[3];
            head = 4;
        }
        if (length > ROOM - 8) fail("a frame is too long");
        if (c->have - at < head + length) break;
        if ((frame[0] & 15) == 9) send_frame(c, 10, (char *)frame + head, length);
        else if (frame[0] == 0x81) {
            unsigned char after = frame[head + length];
            frame[head + length] = 0;
            take_text(c, (char *)frame + head, length);
            frame[head + length] = after;
        } else if ((frame[0] & 15) == 8) fail("a server closes a socket");
        at += head + length;
    }
    memmove(c->in, c->in + at, c->have - at);
    c->have -= at;
}

static int turn(int milliseconds) {
    struct epoll_event events[512];
    int ready = epoll_wait(loop, events, 512, milliseconds);
    for (int i = 0; i < ready; i++) take(events[i].data.ptr);
    return ready;
}

/* Seconds until everybody had the next change; negative when somebody did not within so many seconds. */
static double change(int control, double patience) {
    round_number++;
    arrived = 0;
    snprintf(marker, sizeof marker, "change %06d", round_number);
    double began = now();
    send_all(control, "c\n", 2);
    while (arrived < wanted) {
        turn(100);
        if (now() - began > patience) return -1;
    }
    return now() - began;
}

int main(int count, char **words) {
    if (count != 6) fail("listen PORT CONTROL SOCKETS ROUNDS DOCUMENT");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    wanted = atoi(words[3]);
    int rounds = atoi(words[4]), one = 1;
    if (wanted < 1 || wanted > MOST) fail("too many sockets");
    snprintf(document, sizeof document, "%s", words[5]);
    clients = calloc(wanted, sizeof *clients);
    loop = epoll_create1(0);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    there.sin_port = htons(atoi(words[2]));
    int control = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(control, (void *)&there, sizeof there)) { perror("control"); return 1; }
    setsockopt(control, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    there.sin_port = htons(atoi(words[1]));
    double began = now();
    while (open_count < wanted) {
        while (opening < AT_ONCE && next_client < wanted) { begin(&clients[next_client], next_client); next_client++; }
        if (!turn(60000)) fail("a server accepts nobody");
    }
    double connecting = now() - began;
    int tries = 0;
    while (change(control, 20) < 0) if (++tries == 5) fail("somebody gets no changes");
    for (double until = now() + 1; now() < until;) turn(50);
    puts("connected");
    fflush(stdout);
    char line[16];
    if (!fgets(line, sizeof line, stdin)) return 1;
    printf("{\"connecting\": %.3f, \"seconds\": [", connecting);
    for (int i = 0; i < rounds; i++) {
        double took = change(control, 60);
        if (took < 0) fail("somebody did not get a change");
        printf("%s%.6f", i ? ", " : "", took);
        for (double until = now() + 0.2; now() < until;) turn(20);
    }
    printf("], \"bytes\": %zu, \"message\": %.*s}\n", first_length, (int)first_length, first);
    return 0;
}
