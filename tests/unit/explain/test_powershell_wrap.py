"""Messages that Windows PowerShell broke at the width of the console are read as one; numbers and offsets stay true."""

from sygaldry import explain
from sygaldry.diagnosis import Facts, Memory
from sygaldry.explain.powershell_wrap import unwrapped

LOG = """Collecting fastapi\r
  Using cached fastapi-0.135.1-py3-none-any.whl (116 kB)\r
python.exe : Traceback \r
(most recent call last):\r
At line:1 char:1\r
+ python app.py 2> error\r
.log\r
    + CategoryInfo      \r
    : NotSpecified: (   \r
  Traceback..):String)  \r
    + FullyQualifiedErro\r
   rId : NativeCommandEr\r
   ror\r
  File "D:\\work\\scraper\\\r
main_scraper.py", line \r
14, in <module>\r
ImportError: cannot \r
import name 'open_all' \r
from 'core.browser' (D:\\\r
work\\scraper\\core\\browse\r
r.py)\r
"""


def read(text: str) -> bytes:
    source = unwrapped(Memory(text.encode()))
    return source.read(0, source.size)


def test_the_pieces_of_a_message_are_joined_in_its_first_line() -> None:
    lines = read(LOG).decode().split("\n")
    message = "ImportError: cannot import name 'open_all' from 'core.browser' (D:\\work\\scraper\\core\\browser.py)"
    assert lines[16].rstrip() == message
    assert not any(line.strip() for line in lines[17:])
    assert lines[1].rstrip() == "  Using cached fastapi-0.135.1-py3-none-any.whl (116 kB)"


def test_every_line_keeps_its_number_and_its_offset() -> None:
    joined = read(LOG)
    assert len(joined) == len(LOG)
    assert joined.count(b"\n") == LOG.count("\n")
    assert joined.index(b"ImportError") == LOG.index("ImportError")


def test_the_sentence_holds_the_whole_message() -> None:
    cause = explain.explain(Memory(LOG.encode()), Facts(1))
    assert cause is not None
    assert "cannot import name 'open_all' from 'core.browser'" in cause.says
    assert cause.lines[0].number == 17


CMAKE = """-- Configuring\r
cmake.exe : CMake Error at CMakeLists.txt:9 (add_subdirectory):\r
At C:\\work\\make.ps1:3 char:5\r
+     cmake -S . -B build\r
+     ~~~~~~~~~~~~~~~~~~~\r
    + CategoryInfo          : NotSpecified: (CMake Error at ...subdirectory)::String) [], RemoteException\r
    + FullyQualifiedErrorId : NativeCommandError\r
 \r
  The source folder sensors is not there.\r
"""


def test_the_record_between_the_first_line_of_a_message_and_the_rest_is_removed() -> None:
    lines = read(CMAKE).decode().split("\n")
    assert len(read(CMAKE)) == len(CMAKE)
    assert lines[1].rstrip() == "CMake Error at CMakeLists.txt:9 (add_subdirectory):"
    assert not any(line.strip() for line in lines[2:8])
    cause = explain.explain(Memory(CMAKE.encode()), Facts(1))
    assert cause is not None
    assert cause.says == "CMake: The source folder sensors is not there."


def test_other_logs_are_left_as_they_are() -> None:
    plain = "one line that ends in a blank \nerror: two\n"
    quoted = "At line:1 char:1\nnothing of PowerShell follows NativeCommandError\n"
    assert read(plain) == plain.encode()
    assert read(quoted) == quoted.encode()
    large = Memory(b"x" * (5 << 20))
    assert unwrapped(large) is large


ITALIAN = """cmake : CMake Error: Error: generator : Visual Studio 16 2019
In riga:1 car:1
+ cmake C:\\work\\viewer -G "Visual Studio 16 2019" 2> log.txt
+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : NotSpecified: (CMake Error: Er... Studio 16 2019:String) [], RemoteException
    + FullyQualifiedErrorId : NativeCommandError

Does not match the generator used previously: Ninja
Either remove the CMakeCache.txt file and CMakeFiles directory or choose a different binary directory.
"""


def test_a_record_in_any_language_is_removed() -> None:
    lines = read(ITALIAN).decode().split("\n")
    assert lines[0].rstrip() == "CMake Error: Error: generator : Visual Studio 16 2019"
    assert not any(line.strip() for line in lines[1:7])
    cause = explain.explain(Memory(ITALIAN.encode()), Facts(1))
    assert cause is not None
    assert cause.says == "the build folder was configured with another CMake generator, Ninja"


BLANKS = """cmake : CMake Error \r
at build/_deps/fmt-src\r
/CMakeLists.txt:3 (cma\r
ke_minimum_required):\r
At line:1 char:1\r
+ cmake -S . -B build \r
> cmake_log.txt 2>&1\r
+ ~~~~~~~~~~~~~~~~~~~~\r
~~~~~~~~~~~~~~~~~~~~\r
    + CategoryInfo    \r
          : NotSpeci  \r
  fied: (CMake Erro   \r
 r at ...imum_requ    \r
ired)::String) []    \r
, RemoteException\r
    + FullyQualifiedE \r
   rrorId : NativeCo  \r
  mmandError\r
 \r
  Compatibility with \r
CMake < 3.5 has been \r
removed from CMake.\r
"""


def test_the_record_shows_the_width_where_most_lines_of_the_message_are_shorter() -> None:
    cause = explain.explain(Memory(BLANKS.encode()), Facts(1))
    assert cause is not None
    assert cause.says == "CMake: Compatibility with CMake < 3.5 has been removed from CMake."
