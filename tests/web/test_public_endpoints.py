"""What strangers may open, by name: a new public endpoint is a decision, never an accident."""

from flask.testing import FlaskClient

from app.web.login import PUBLIC_ENDPOINTS
from tests.web.route_map import ROUTES

BY_NAME = {
    "static",
    "home.health",
    "auth.login",
    "auth.forgot_password",
    "auth.reset_password",
    "auth.accept_invitation",
    "public.bot",
    "today.calendar",
    "public.ask_to_stay_away",
    "public.asked_to_stay_away",
    "public.confirm_stay_away",
    "apply.page",
    "apply.send",
    "apply.sent",
    "apply.brand",
    "apply.logo",
    "apply.resume",
    "apply.status",
    "apply.confirm",
    "apply.withdraw",
    "apply.answer",
    "apply.amend",
    "apply.again",
    "apply.embedded",
    "apply.send_embedded",
    "apply.sent_embedded",
    "apply.reference",
    "apply.answer_as_reference",
    "apply.name_reference",
    "moving.page",
    "moving.agree",
    "moving.decline",
    "portal.home",
    "portal.terms",
    "portal.messages",
    "portal.write",
    "portal.accept",
    "portal.accept_of_tier",
    "portal.results",
    "portal.report_month",
    "portal.requests",
    "portal.answer_request",
    "portal.profile",
    "portal.save_profile",
    "portal.invite",
    "portal.pass_main_on",
    "portal.remove",
    "portal.sign_in",
    "portal.sign_out",
    "portal.pages",
    "portal.set_password",
    "portal.remove_password",
    "portal.lost",
    "portal.send_link",
    "portal.choose",
    "portal.step",
    "portal.do_step",
    "portal.open_step_resource",
    "portal.call",
    "portal.document",
    "portal.goals",
    "portal.report_goal",
    "portal.resources",
    "portal.resource",
    "api.nothing",
    "api.openapi",
    "api.programs",
    "api.partners",
    "api.results",
    "api.put_result",
    "api.put_result_by_external_id",
    "api.put_results",
    "api.moving_partners",
    "api.put_status",
    "unsubscribe.ask",
    "unsubscribe.act",
    "morning.ask",
    "morning.act",
    "report_mail.ask",
    "report_mail.act",
    "news.ask",
    "news.act",
    "news.again",
    "webhooks.events",
    "webhooks.inbound",
}


def test_public_endpoints_by_name() -> None:
    assert BY_NAME == PUBLIC_ENDPOINTS


def test_each_exists() -> None:
    assert {route.endpoint for route in ROUTES} >= PUBLIC_ENDPOINTS


def test_page_about_the_crawler_names_it_and_both_ways_out(client: FlaskClient) -> None:
    page = client.get("/bot")
    assert page.status_code == 200
    assert "ScoutboardBot/0.1 (+http://127.0.0.1:8000/bot)" in page.text
    assert "User-agent: ScoutboardBot\nDisallow: /" in page.text
    assert "mailto:scoutboard@example.com" in page.text
    assert "at least 2 seconds apart" in page.text
