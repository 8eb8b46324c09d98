import subprocess
import sys

import quotewire_extract


def test_every_public_name_exists() -> None:
    assert all(hasattr(quotewire_extract, name) for name in quotewire_extract.__all__)
    assert set(quotewire_extract.__all__) <= set(dir(quotewire_extract))
    assert not hasattr(quotewire_extract, "no_such_name")


def test_importing_the_package_and_its_functions_does_not_import_spacy() -> None:
    code = (
        "import sys, quotewire_extract\n"
        "assert not [name for name in sys.modules if name.startswith('quotewire_extract.')]\n"
        "from quotewire_extract import Pipelines, annotate_article, quotation_table\n"
        "assert 'spacy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
