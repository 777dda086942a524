from botwarden.lab.network import Network, run


def test_the_labs_interfaces_have_no_offloads_left(network: Network) -> None:
    probe = (
        "import array, fcntl, socket, struct; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); found = []\n"
        "for command in (0x16, 0x18, 0x1E, 0x23, 0x2B):\n"  # the same features, asked for
        "    v = array.array('I', [command, 9])\n"
        "    fcntl.ioctl(s, 0x8946, struct.pack('16sP', b'eth0', v.buffer_info()[0]))\n"
        "    found.append(v[1])\n"
        "print(found)"
    )
    command = network.python("camera", "x")
    assert run(*command[: command.index("-m")], "-c", probe).strip() == "[0, 0, 0, 0, 0]"
