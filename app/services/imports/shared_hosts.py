"""Domains that many people share, so that they name no company: mailbox providers, social networks, short links.

From public lists of the large providers, kept by hand; a domain is listed by its registrable form. Portals that are
companies worth recruiting themselves (`wp.pl`, `orange.fr`) count as shared only behind an `@`.
"""

_MAILBOXES = frozenset(
    """
    gmail.com googlemail.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it hotmail.es outlook.com
    outlook.de outlook.fr outlook.es outlook.it outlook.pl live.com live.co.uk live.de live.fr live.nl live.it msn.com
    icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com
    fastmail.com fastmail.fm hey.com gmx.de gmx.net gmx.com gmx.at gmx.ch gmx.us ymail.com rocketmail.com
    yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.in yahoo.com.br yahoo.pl yahoo.ca yahoo.com.au
    yandex.com ya.ru bk.ru inbox.ru list.ru internet.ru hushmail.com mailbox.org posteo.de zohomail.com mail.com
    email.com usa.com inbox.lv tlen.pl poczta.fm 163.com 126.com yeah.net foxmail.com hanmail.net rediffmail.com
    mailinator.com guerrillamail.com 10minutemail.com yopmail.com temp-mail.org
    """.split()
)
_PORTALS = frozenset(
    """
    yahoo.com aol.com web.de t-online.de freenet.de arcor.de 1und1.de mail.ru yandex.ru rambler.ru wp.pl o2.pl onet.pl
    op.pl vp.pl interia.pl interia.eu gazeta.pl spoko.pl seznam.cz centrum.cz email.cz post.cz azet.sk zoznam.sk
    libero.it virgilio.it tiscali.it alice.it tin.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr
    bluewin.ch hispeed.ch sunrise.ch aon.at chello.at telenet.be skynet.be proximus.be ziggo.nl kpnmail.nl planet.nl
    home.nl xs4all.nl comcast.net verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net earthlink.net
    btinternet.com sky.com virginmedia.com talktalk.net ntlworld.com shaw.ca rogers.com sympatico.ca bigpond.com
    optusnet.com.au xtra.co.nz qq.com sina.com sohu.com naver.com daum.net uol.com.br bol.com.br terra.com.br ukr.net
    abv.bg freemail.hu citromail.hu sapo.pt telia.com online.no
    """.split()
)
_SOCIAL = {
    "facebook.com": "Facebook",
    "fb.com": "Facebook",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "twitter.com": "X (Twitter)",
    "x.com": "X (Twitter)",
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "tiktok.com": "TikTok",
    "pinterest.com": "Pinterest",
    "reddit.com": "Reddit",
    "threads.net": "Threads",
    "threads.com": "Threads",
    "bsky.app": "Bluesky",
    "t.me": "Telegram",
    "wa.me": "WhatsApp",
    "whatsapp.com": "WhatsApp",
    "discord.gg": "Discord",
    "twitch.tv": "Twitch",
    "vk.com": "VK",
    "xing.com": "Xing",
    "medium.com": "Medium",
    "linktr.ee": "Linktree",
    "beacons.ai": "Beacons",
    "patreon.com": "Patreon",
}
_SHORTENERS = frozenset({"goo.gl", "bit.ly", "tinyurl.com"})


def is_shared_mail_domain(domain: str) -> bool:
    """Say whether addresses at a registrable domain belong to anybody, so that it names no company."""
    return is_mailbox_provider(domain) or domain in _PORTALS


def network_of(domain: str) -> str:
    """Return the network whose profile pages a registrable domain holds, "" where it holds none."""
    return _SOCIAL.get(domain, "")


def is_shortener(domain: str) -> bool:
    """Say whether a registrable domain only leads on to others."""
    return domain in _SHORTENERS


def is_mailbox_provider(domain: str) -> bool:
    """Say whether a registrable domain is known for nothing but mailboxes."""
    return domain in _MAILBOXES


def why_no_company_site(domain: str) -> str | None:
    """Return what a registrable domain is instead of one company's site, `None` where it may be one."""
    if network := network_of(domain):
        return f"{domain} is a profile page on {network}"
    if is_shortener(domain):
        return f"{domain} is a link shortener"
    return f"{domain} is a mailbox provider" if is_mailbox_provider(domain) else None
