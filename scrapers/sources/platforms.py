"""Domains that are never a candidate: networks, platforms, trackers, mailboxes, and everybody's tools.

By hand, from what the large directories and lists link to; a domain is listed by its registrable form.
"""

from __future__ import annotations

_KINDS = {
    "a social network": """
        facebook.com fb.com fb.me instagram.com twitter.com x.com linkedin.com lnkd.in youtube.com youtu.be tiktok.com
        pinterest.com pin.it threads.net threads.com reddit.com tumblr.com snapchat.com whatsapp.com wa.me t.me
        telegram.org telegram.me discord.com discord.gg vk.com xing.com medium.com substack.com quora.com flickr.com
        vimeo.com twitch.tv soundcloud.com spotify.com bsky.app mastodon.social messenger.com m.me behance.net
        dribbble.com patreon.com kununu.com meetup.com eventbrite.com
    """,
    "a review site or directory": """
        trustpilot.com g2.com capterra.com getapp.com clutch.co yelp.com tripadvisor.com glassdoor.com indeed.com
        crunchbase.com producthunt.com goodfirms.co designrush.com sortlist.com themanifest.com upcity.com bark.com
        trustradius.com softwareadvice.com provenexpert.com bbb.org yellowpages.com
    """,
    "a platform that many sites are built on or sold through": """
        shopify.com myshopify.com shopifypreview.com wordpress.com wordpress.org wix.com wixsite.com squarespace.com
        webflow.com webflow.io weebly.com blogspot.com blogger.com ghost.org ghost.io hubspot.com hsforms.com
        hubspotpagebuilder.com mailchimp.com list-manage.com mailchi.mp klaviyo.com amazon.com amazon.co.uk amazon.de
        amazon.pl amazon.fr amazon.es ebay.com etsy.com aliexpress.com alibaba.com allegro.pl walmart.com paypal.com
        stripe.com netlify.app vercel.app herokuapp.com github.io pages.dev carrd.co gumroad.com ko-fi.com
        buymeacoffee.com
    """,
    "a tool of the page, not a company it names": """
        google.com google.de google.pl google.fr google.es google.co.uk g.page googleapis.com gstatic.com
        googletagmanager.com doubleclick.net google-analytics.com gravatar.com apple.com microsoft.com office.com
        live.com bing.com yahoo.com github.com gitlab.com bitbucket.org stackoverflow.com typeform.com jotform.com
        tally.so airtable.com calendly.com cal.com zoom.us slack.com notion.so notion.site dropbox.com canva.com
        figma.com trello.com asana.com atlassian.com cloudflare.com cloudfront.net amazonaws.com fonts.net typekit.net
        adobe.com disqus.com intercom.com zendesk.com cookiebot.com onetrust.com usercentrics.com iubenda.com
        addtoany.com addthis.com sharethis.com gtranslate.io substackcdn.com wp.com
    """,
    "a short link or a tracking link": """
        bit.ly tinyurl.com ow.ly buff.ly goo.gl amzn.to linktr.ee lnk.bio beacons.ai rebrand.ly t.co lnkd.in eepurl.com
        awin1.com zenaps.com sjv.io pxf.io evyy.net ojrq.net 7eer.net i384100.net anrdoezrs.net dpbolvw.net jdoqocy.com
        kqzyfj.com tkqlhce.com qksrv.net shareasale.com shrsl.com partnerlinks.io grsm.io linksynergy.com
        skimresources.com redirectingat.com webgains.com tradedoubler.com clickbank.net onelink.to page.link
    """,
    "a reference or news site": """
        wikipedia.org wikimedia.org wikidata.org archive.org slideshare.net issuu.com scribd.com w3.org schema.org
        creativecommons.org mozilla.org iana.org europa.eu nytimes.com forbes.com bbc.com bbc.co.uk cnn.com doi.org
        arxiv.org openstreetmap.org statista.com merriam-webster.com theguardian.com reuters.com bloomberg.com
    """,
    "a mailbox provider": """
        gmail.com googlemail.com hotmail.com hotmail.co.uk outlook.com msn.com icloud.com me.com aol.com proton.me
        protonmail.com gmx.de gmx.net gmx.com web.de t-online.de yahoo.co.uk yahoo.de yahoo.fr yandex.ru mail.ru wp.pl
        o2.pl onet.pl op.pl interia.pl libero.it orange.fr wanadoo.fr free.fr laposte.net seznam.cz mail.com zoho.com
    """,
}
_KIND_OF = {domain: kind for kind, domains in _KINDS.items() for domain in domains.split()}
TRACKERS = frozenset(_KINDS["a short link or a tracking link"].split())
_SOCIAL = frozenset(_KINDS["a social network"].split())
_PUBLIC_BODIES = ("gov", "mil")


def why_not_a_company(domain: str) -> str | None:
    """Return what a registrable domain is (`a social network`) instead of a company, None where it may be one."""
    if domain in _KIND_OF:
        return _KIND_OF[domain]
    if any(part in _PUBLIC_BODIES for part in domain.split(".")[-2:]):
        return "a public body"
    return None


def is_platform(domain: str) -> bool:
    """Tell whether a registrable domain belongs to a platform rather than to a company worth recruiting."""
    return why_not_a_company(domain) is not None


def is_social_network(domain: str) -> bool:
    """Tell whether a registrable domain is a social network, which every site links to."""
    return domain in _SOCIAL
