from quotewire.local.kafka import _escaped


def test_a_path_is_escaped_for_a_java_properties_file() -> None:
    assert _escaped("/home/Käse 🗞/a\\b") == "/home/K\\u00e4se \\ud83d\\uddde/a\\u005cb"
