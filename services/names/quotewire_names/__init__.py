"""Pure functions of the names of persons and organisations: keys, spellings, gender of given names.

The package imports nothing else of Quotewire, so that every service and the command can use it.
"""

from quotewire_names.combining_marks import limit_combining_marks
from quotewire_names.gender import Gender, gender_of_given_name, guess_gender
from quotewire_names.name_key import NAME_KEY_VERSION, name_key

__all__ = ["NAME_KEY_VERSION", "Gender", "gender_of_given_name", "guess_gender", "limit_combining_marks", "name_key"]
