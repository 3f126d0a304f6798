# shellcheck shell=bash
# Sourced by scripts whose tests ask services.php for servers: the folder TEST_SERVICES, and what stops whatever stands in there.

TEST_SERVICES=$(mktemp -d) # short, for the sockets in it
export TEST_SERVICES
chmod 755 "$TEST_SERVICES"

stop_services() {
    local pid pids
    pids=$(cat "$TEST_SERVICES"/*.pid 2>/dev/null || true)
    for pid in $pids; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in $pids; do timeout 10 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" || true; done
    rm -rf "$TEST_SERVICES"
}
