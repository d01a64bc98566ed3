"""Commands about prospects' sites: keep the opt-out promise of the page that explains the crawler."""

import click
from flask.cli import with_appcontext

from app.db import transaction
from app.services.optouts import opt_out_site
from scrapers.domains import DomainError, normalize_domain


@click.command("forget-site")
@click.argument("domain")
@with_appcontext
def forget_site_command(*, domain: str) -> None:
    """Delete what was read of DOMAIN and never read it again."""
    try:
        registrable = normalize_domain(domain)
    except DomainError as error:
        raise click.ClickException(f"{error}. Nothing was deleted; give the site's domain.") from error
    with transaction() as session:
        opt_out_site(session, registrable, actor_id=None)
    click.echo(f"{registrable}: what was read is deleted, and the crawler stays away from now on.")
