import socket

from quotewire.local.ports import MAX_PORT, MIN_PORT, free_ports, is_free


def test_ports_are_free_different_and_below_the_ephemeral_range() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert all(MIN_PORT <= port <= MAX_PORT < 32768 for port in ports)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[0]))
        taken.listen()
        assert not is_free(ports[0])
    assert is_free(ports[0])
