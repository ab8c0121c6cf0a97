"""The projects of the corpus: source distributions by name, version and digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Project:
    """One distribution, and how its code is imported and tested where it lies."""

    name: str
    version: str
    sha256: str
    roots: tuple[str, ...]  # folders that its modules are imported from
    modules: tuple[str, ...]  # folders, relative to the repository, whose modules are imported
    tests: tuple[str, ...] = ()  # arguments after `python`; empty: no tests that run here
    tests_in: str = "."
    extra: tuple[str, ...] = ("pytest",)  # to install besides the distribution and what it requires
    environment: Mapping[str, str] = field(default_factory=dict)
    prelude: str = ""  # what the project's documentation says to run before anything is imported

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"


PYTEST = ("-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--tb=no")
CONFIGURE_DJANGO = """
import django
from django.conf import settings

apps = "contenttypes auth sites sessions messages admin flatpages redirects sitemaps staticfiles humanize".split()
settings.configure(
    INSTALLED_APPS=["django.contrib." + app for app in apps],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3"}},
    SECRET_KEY="-",
)
django.setup()
"""
PROJECTS = (
    Project(
        name="django",
        version="5.2",
        sha256="1a47f7a7a3d43ce64570d350e008d2949abe8c7e21737b351b6a1611277c6d89",
        roots=(".", "tests"),
        modules=("django",),
        tests=(
            *("runtests.py", "--parallel", "1", "-v", "2", "--settings", "test_sqlite"),
            *("utils_tests", "forms_tests", "template_tests", "model_fields", "urlpatterns", "signals", "middleware"),
        ),
        tests_in="tests",
        extra=("jinja2", "pytz", "tblib"),
        prelude=CONFIGURE_DJANGO,
    ),
    Project(
        name="sympy",
        version="1.14.0",
        sha256="d3d3fe8df1e5a0b42f0e7bdf50541697dbe7d23746e894990c030e2b05e72517",
        roots=(".",),
        modules=("sympy",),
        tests=(*PYTEST, "sympy/core/tests", "sympy/logic", "sympy/sets", "sympy/printing/tests/test_str.py"),
        extra=("pytest", "hypothesis"),
    ),
    Project(
        name="twisted",
        version="24.11.0",
        sha256="695d0556d5ec579dcc464d2856b634880ed1319f45b10d19043f2b57eb0115b5",
        roots=("src",),
        modules=("src/twisted",),
        tests=("-m", "twisted.trial", "--reporter=bwverbose", "twisted.python", "twisted.logger", "twisted.web"),
        extra=("hypothesis", "pyhamcrest", "httpx", "h2", "priority"),
    ),
    Project(
        name="wagtail",
        version="6.4",
        sha256="3e311f367867741a2a025ae1c6d498c177ae1936a4b92444177804fa713edff0",
        roots=(".",),
        modules=("wagtail",),
        environment={
            "DJANGO_SETTINGS_MODULE": "wagtail.test.settings",
            "DATABASE_ENGINE": "django.db.backends.sqlite3",
        },
        extra=("django==5.1.7", "jinja2"),
        prelude="import django; django.setup()",
    ),
    Project(
        name="langchain-community",
        version="0.3.20",
        sha256="bd83b4f2f818338423439aff3b5be362e1d686342ffada0478cd34c6f5ef5969",
        roots=(".",),
        modules=("langchain_community", "tests"),
        tests=(
            *(*PYTEST, "--disable-socket", "--allow-unix-socket", "--continue-on-collection-errors"),
            *("tests/unit_tests/document_loaders", "tests/unit_tests/llms", "tests/unit_tests/tools"),
        ),
        extra=(
            "pytest",
            "pytest-asyncio",
            "pytest-mock",
            "pytest-socket",
            "syrupy",
            "responses",
            "freezegun",
            "blockbuster",
            "requests-mock",
        ),
    ),
)
