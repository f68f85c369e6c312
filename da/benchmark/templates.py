"""The templates of the page."""

from pathlib import Path

import jinja2


def template(name: str) -> jinja2.Template:
    """Return a template of this folder; text is escaped, and a name that is missing is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
