"""Domains that are never a candidate: networks, platforms, shops for apps, trackers, and everybody's tools."""

from __future__ import annotations

_PLATFORMS = frozenset(
    """
    facebook.com instagram.com twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com pinterest.com
    threads.net reddit.com tumblr.com snapchat.com whatsapp.com wa.me t.me telegram.org telegram.me discord.com
    discord.gg vk.com xing.com medium.com substack.com quora.com flickr.com vimeo.com twitch.tv soundcloud.com
    spotify.com bsky.app mastodon.social messenger.com m.me slideshare.net issuu.com scribd.com behance.net
    dribbble.com github.com gitlab.com bitbucket.org stackoverflow.com google.com google.de google.pl google.fr
    google.es google.co.uk goo.gl g.page googleapis.com gstatic.com googletagmanager.com doubleclick.net google-
    analytics.com gravatar.com wikipedia.org wikimedia.org wikidata.org archive.org apple.com microsoft.com
    office.com live.com bing.com yahoo.com amazon.com amazon.co.uk amazon.de amazon.pl amazon.fr amazon.es amzn.to
    ebay.com etsy.com aliexpress.com alibaba.com allegro.pl walmart.com paypal.com stripe.com shopify.com
    myshopify.com wordpress.com wordpress.org wix.com wixsite.com squarespace.com webflow.com webflow.io
    weebly.com blogspot.com blogger.com ghost.org hubspot.com hsforms.com mailchimp.com list-manage.com
    klaviyo.com typeform.com jotform.com calendly.com zoom.us slack.com notion.so notion.site dropbox.com
    canva.com figma.com trello.com asana.com atlassian.com cloudflare.com cloudfront.net amazonaws.com netlify.app
    vercel.app herokuapp.com fonts.net typekit.net adobe.com bit.ly tinyurl.com ow.ly buff.ly linktr.ee lnk.bio
    trustpilot.com g2.com capterra.com getapp.com clutch.co yelp.com tripadvisor.com glassdoor.com indeed.com
    crunchbase.com producthunt.com goodfirms.co designrush.com sortlist.com addtoany.com addthis.com sharethis.com
    disqus.com intercom.com zendesk.com cookiebot.com onetrust.com usercentrics.com iubenda.com w3.org schema.org
    creativecommons.org mozilla.org iana.org europa.eu nytimes.com forbes.com bbc.co.uk cnn.com
    """.split()
)


def is_platform(domain: str) -> bool:
    """Tell whether a registrable domain belongs to a platform rather than to a company worth recruiting."""
    return domain in _PLATFORMS
