"""What engines say and jobs keep in rows, in English and marked for the catalogs; app.services.retelling says it.

A test asks the engines for their sentences, so that one that was reworded is found.
"""

from app.languages import mark

# With values in them. Of `%(problem)s` what it holds is said again as well. What has no values needs no pattern: it is
# looked up as it stands.
PATTERNS = (
    # Why nobody knows since when a domain is registered: scrapers.rdap, app.jobs.domain_ages.
    mark("No registry answers such questions about %(ending)s."),
    mark("Its registry gave no answer: %(cause)s."),
    mark("Its registry knows no domain %(domain)s."),
    mark("Its registry answered with an error (%(status)s)."),
    mark("The list of registries could not be read: %(cause)s."),
    # What became of a prospect in a bulk action, and of the action: app.services.bulk.
    mark("Stands in %(stage)s already."),
    mark("From %(stage)s nobody moves to %(to_stage)s by hand."),
    mark("Was moved again since; it stands in %(stage)s."),
    mark("%(name)s was changed since."),
    mark("A fault on our side (%(kind)s). Try this one alone, on its own page."),
    mark("The database refused to put it back (%(kind)s)."),
    mark("Ended its worker %(times)s times; an admin finds why in its log."),
    mark("Canceled after %(count)s were enrolled."),
    mark("Canceled after %(count)s."),
    # Why nothing leaves from a sender: app.queries.sending_rules, the pauses, the ledger.
    mark("%(sender)s was put away. Move its contacts to another sender."),
    mark(
        "The domain of %(address)s has not passed its check (SPF, DKIM, DMARC). Run the check under Senders, or ask an "
        "admin to clear it."
    ),
    mark("%(address)s has no postal address, and every mail must show one. Add it under Senders."),
    mark("%(address)s paused itself: %(problem)s Find out why before you resume it."),
    mark(
        "%(bounces)s of the last %(mails)s mails bounced for good, %(complaints)s of the last %(more)s were reported "
        "as spam."
    ),
    mark("%(name)s paused it."),
    mark("It cannot be put on the wire: %(problem)s"),
    # Why a mail cannot be written: app.services.composing.
    mark("The step %(step)s has no words in this version of the sequence."),
    mark("%(name)s has no e-mail address; add one, or skip the step."),
    mark("%(url)s no longer says “%(text)s”. Choose another passage to quote, or skip the step."),
    # Why somebody was left out of a batch: app.services.hindrances.
    mark("%(name)s is off the board (%(stage)s)."),
    mark("Was mailed on %(day)s, less than %(days)s days ago."),
    mark("%(address)s or its domain is on the list of those that must not be mailed."),
    mark("%(address)s belongs to a function, not to a person."),
    mark("The program does not write first to people in %(country)s."),
    mark("A fault on our side (%(kind)s). Enroll this one alone, on the company's page."),
    # Where in a mail something is wrong: outreach.composing, app.services.sequences.
    mark("Variant %(name)s, subject: %(problem)s"),
    mark("Variant %(name)s, text, line %(line)s: %(problem)s"),
    mark("Subject: %(problem)s"),
    mark("Title: %(problem)s"),
    mark("Text: %(problem)s"),
    mark("Text, line %(line)s: %(problem)s"),
    mark("Footer: %(problem)s"),
    # What is wrong there: outreach.composing.
    mark("it has %(count)s characters; %(most)s are the most"),
    mark("the link %(link)s cannot be read as an address; correct it"),
    mark("the link %(link)s must begin with https://"),
    mark("the link %(link)s is a placeholder; write the real address"),
    mark("the link %(link)s names no web site; correct it"),
    mark("the link %(link)s carries a user name; remove it"),
    mark("%(words)s was left to fill in; replace or remove it"),
    mark("%(count)s characters; phones cut a subject off after %(most)s"),
    mark("%(count)s links; a personal mail rarely has more than one"),
    mark("%(link)s is not encrypted; https:// is expected today"),
    mark("%(count)s characters; few people read that much from a stranger"),
    # outreach.templates, outreach.template_parsing, outreach.liquid_sandbox.
    mark("%(name)s[…] is chosen while rendering; name the field itself"),
    mark("%(name)s is a group of fields; choose one, such as %(other)s"),
    mark("there is no field %(name)s; did you mean %(other)s?"),
    mark("there is no field %(name)s"),
    mark("there is no filter %(name)s; did you mean %(other)s?"),
    mark("there is no filter %(name)s"),
    mark("there is no tag %(name)s; if, unless, case, for, assign, capture and comment can be used"),
    mark("%(name)s has no value for this recipient; add it, or write a fallback: %(example)s"),
    mark("the range %(range)s is too long; %(most)s steps are the most"),
    mark("the template is longer than %(most)s characters; shorten it"),
    mark("too much: %(problem)s"),
    mark("loops run more than %(most)s times in all"),
    mark("%(format)s is no date format; use letters such as %%d.%%m.%%Y"),
    # What a domain's records say: outreach.preflight.
    mark("DNS gave no answer (%(cause)s). Try again in a few minutes."),
    mark("%(domain)s has no SPF record. Add a TXT record that names who sends for it."),
    mark("%(domain)s has %(count)s SPF records, which counts as none. Merge them."),
    mark(
        "The SPF record of %(domain)s needs more than %(most)s DNS look-ups, so receivers give up. Take out includes."
    ),
    mark("The SPF record of %(domain)s lets everybody send (+all). End it with ~all."),
    mark("SPF is there and needs %(count)s of %(most)s look-ups."),
    mark("%(domain)s holds no key. Publish the key that your mail provider gave you."),
    mark(
        "The key of %(domain)s is empty or broken, which means it was revoked. Publish the key that your mail provider "
        "gave you."
    ),
    mark("DKIM: the key of the selector %(selector)s is there."),
    mark("No DKIM key of %(domain)s was found under the usual selectors. Enter the one that your mail provider uses."),
    mark("%(domain)s has %(count)s records, which counts as none. Keep one."),
    mark("%(domain)s has no DMARC record. Add the TXT record %(record)s with v=DMARC1; p=none."),
    mark("The DMARC record of %(domain)s names no policy (p=none, quarantine or reject)."),
    mark("DMARC is there with the policy %(policy)s."),
    # Whether the page that ends all mail is there: outreach.way_out.
    mark(
        "The unsubscribe page did not answer this server (%(cause)s). Check PUBLIC_URL and the proxy before it; where "
        "it does answer people outside, an admin may unlock the sender."
    ),
    mark(
        "The unsubscribe page leads on to %(place)s; receivers must reach it without a redirect. Set PUBLIC_URL to the "
        "address the product itself answers under."
    ),
    mark(
        "The unsubscribe page answered %(status)s in place of the unsubscribe page. Check that PUBLIC_URL leads to "
        "this installation."
    ),
    # What was read of an uploaded workbook: app.services.imports.files.
    mark("Of the %(count)s sheets of this workbook the first one, “%(name)s”, was read."),
    # What is no address: scrapers.domains, and email_validator's cause.
    mark("%(typed)s is not a domain name."),
    mark("%(typed)s is an IP address; a domain such as example.com is needed."),
    mark("%(typed)s is a name of a local network, not a public website."),
    mark("%(typed)s does not end in a known public suffix such as .com or .pl."),
    mark("%(typed)s is a public suffix that many companies share, not one company's domain."),
    mark("%(typed)s is not an e-mail address: %(problem)s"),
    mark("The part after the @-sign contains invalid characters: %(characters)s."),
    mark("The email address contains invalid characters before the @-sign: %(characters)s."),
    # Whether a mailbox's servers let us in: outreach.connection_check, outreach.imap.
    mark(
        "%(place)s did not accept the user name and password (%(cause)s). If the password was changed, or the account "
        "asks for an app password, type the new one in."
    ),
    mark(
        "%(place)s did not accept the user name and password (%(cause)s). If the password was changed, type the new "
        "one in on the sender's page."
    ),
    mark("%(place)s did not accept the user name and password (%(cause)s). Type the current password in."),
    mark("%(place)s could not be reached with encryption (%(cause)s). Try the other encryption or port."),
    mark("%(place)s broke the conversation off: %(cause)s. Check the port and the encryption."),
    mark("%(place)s broke the conversation off: %(cause)s. It is tried again by itself."),
    mark("%(place)s went silent: %(cause)s. It is tried again by itself."),
    mark("%(place)s cannot be reached: %(cause)s. Check the name and the port (993 is usual)."),
    mark("%(place)s cannot be reached: %(cause)s. Check the name and the port."),
    mark("%(place)s cannot be reached: %(cause)s. Check the server's name and port."),
    mark("%(host)s offers no encryption, so it was not given the password. Use encryption from the start."),
    mark("%(place)s has no folder %(folder)s. Name one that it has."),
    mark("%(place)s has no folder %(folder)s. Name one that it has on the sender's page."),
    # What a backtest concludes: scoring.backtest, scoring.learn.
    mark(
        "Learned %(learned)s (%(low)s-%(high)s), today's weights %(today)s: not enough to say which is better, the "
        "interval holds both."
    ),
    mark("Learned %(learned)s (%(low)s-%(high)s), today's weights %(today)s: better than today's weights."),
    mark(
        "Learned %(learned)s (%(low)s-%(high)s), today's weights %(today)s: worse than today's weights; do not adopt "
        "it."
    ),
    mark("Nothing could be learned (%(problem)s)."),
    mark(
        "Not enough to say: the later 30 %% hold %(count)s decisions (%(approved)s approved), and at least %(least)s "
        "with %(each)s of each kind are needed."
    ),
    mark("At least %(missing)s more decisions are missing; the backtest grows with every one."),
    mark("learning needs at least %(least)s approved company, none of %(count)s is; approve one first"),
    mark("learning needs at least %(least)s decisions on readable companies; %(missing)s more to go"),
    mark("It ended the worker %(times)s times; an admin finds why in its log."),
    # Why a site gets no number: scoring.silence.
    mark(
        "too little text: %(found)s meaningful words, at least %(least)s are needed; add a page that says what the "
        "company does"
    ),
    mark(
        "the text is in %(language)s, and the model %(model)s reads English only; add an English page, or set "
        "EMBEDDING_MODEL to a multilingual model"
    ),
    # What a migration makes of a row: app.services.waves.row_values.
    mark("“%(text)s” is no amount, so the partner comes in without a revenue."),
    mark("The revenue is in %(named)s, and the plan counts in %(currency)s; it comes in without one."),
    mark("“%(text)s” is no number of leads, so the partner comes in without one."),
    # What is wrong with a fit profile: scoring.profile, and scrapers.domains for its examples.
    mark("topic %(name)s: %(problem)s"),
    mark("signal %(name)s: %(problem)s"),
    mark("exemplars: %(problem)s"),
    mark("languages: %(problem)s"),
    mark("countries: %(problem)s"),
    mark("topic id %(name)s is used more than once; give each topic its own id"),
    mark("weight must be a number, not %(value)s"),
    mark("weight must be above 0 and at most %(most)s, not %(value)s; remove it to ignore it"),
    mark("weight must be between %(least)s and %(most)s, not 0, not %(value)s; remove it to ignore it"),
    mark("text has %(count)s words, the model reads %(most)s at most; shorten it or split it into several topics"),
    mark("%(count)s topics are too many: at most %(most)s, merge or remove some"),
    mark("%(count)s exemplars are too many: at most %(most)s"),
    mark("%(value)s is not one of company domains such as example.com"),
    mark("%(value)s is not one of language codes such as en"),
    mark("%(value)s is not one of two-letter country codes such as de"),
    mark("%(value)s is not a domain name"),
    mark("%(value)s is an IP address; a domain such as example.com is needed"),
    mark("%(value)s is a name of a local network, not a public website"),
    mark("%(value)s does not end in a known public suffix such as .com or .pl"),
    mark("%(value)s is a public suffix that many companies share, not one company's domain"),
    # What became of a handing over: outreach.transports, app.services.senders, app.jobs.sending.
    mark("The server answered %(code)s %(said)s"),
    mark("The server had the mail and then went silent (%(cause)s): it may have been sent."),
    mark("SendGrid answered %(status)s, which it never should: it may have been sent."),
    mark("SendGrid answered %(status)s: %(said)s"),
    mark("SendGrid cannot be reached: %(cause)s. Check the network and SENDGRID_API_HOST."),
    mark("SendGrid had the mail and gave no answer (%(cause)s): it may have been sent."),
    mark("The connection to SendGrid broke (%(cause)s): the mail may have been sent."),
    mark("%(place)s did not accept user name and password (%(code)s)."),
    mark("Was it changed? Open Senders, %(address)s, and type the new one in."),
    mark("%(place)s cannot be reached: %(cause)s. Check SMTP_URL and whether the server runs."),
    mark("%(host)s offers no encryption, so it was not given the password. Use smtps:// instead."),
    mark("%(place)s broke the conversation off: %(cause)s"),
    mark("%(address)s cannot send: %(problem)s Open the sender and enter its connection again."),
    mark("A fault of Scoutboard's own (%(kind)s); see the worker's log."),
    mark("A fault of Scoutboard's own (%(kind)s)."),
    mark("A fault of Scoutboard's own (%(kind)s); see its log."),
)
# Nobody else marks these: an engine says them, or a job stores them, as they stand.
PLAIN = (
    mark("Its registry does not tell since when it is registered."),
    mark("Asking its registry did not come to an end."),
    mark("Asking registries is switched off here."),
    mark("Whoever started this may not do it any more, so the rest was left."),
    mark("Taken back on the page of its batch, which says for whom."),
    mark("It may have been sent."),
    mark("Check SENDGRID_API_KEY and that MAIL_FROM is a verified sender."),
    mark("The server takes no addresses with letters beyond ASCII (no SMTPUTF8)."),
    mark("The worker that handed it over died before it knew the answer: it may have been sent."),
    mark("What the provider said could not be kept; see the worker's log."),
    mark("SENDGRID_API_KEY is not set, so nothing can leave through SendGrid. Ask an admin."),
    mark("A stored password cannot be read: SECRET_KEY was changed since. Type the password in again."),
    mark("Its SMTP server was never entered."),
    mark("Not enough to say."),
    mark("all decisions are approvals and no other company is known to compare with; decline one or import more"),
    mark(
        "no readable text was found (the site may be empty or built by JavaScript); crawl it again or add a page that "
        "says what the company does"
    ),
    mark("the reading of the site was canceled. Start it again with Retry."),
    mark("the owner of the site asked us not to read it. Look at the site yourself."),
    mark("reading the site failed again and again. Look at the site yourself, or retry later."),
    mark("the site has not been read yet"),
    mark("A person has to approve this mail."),
    mark("A person looked: it was not sent. Send it again or skip the step."),
    mark("A person skipped this step."),
    mark("Taken back before anything went out."),
    mark("This step is over already."),
    mark("The contact, the prospect or the sender was removed; there is nobody to write to."),
    mark("it is empty; write what the mail is about"),
    mark("it is empty; write something"),
    mark("the sender has no postal address, and every mail must show one; add it"),
    mark("there is no link to unsubscribe; every mail must offer one"),
    mark("it cannot say where the receiver's address is from; record that on the prospect's page"),
    mark("all in capitals; mail filters and people take that for advertising"),
    mark("a range must be written in numbers, such as (1..3)"),
    mark("the template is nested too deeply; make its conditions simpler"),
    mark("this cannot be read: it is nested too deeply or too long; make it simpler"),
    mark("the template works on too much text; take filters out of its loops"),
    mark("replace would make the text too long"),
    mark("join would make the text too long"),
    mark("The unsubscribe page answers over https."),
    mark("The domain is empty."),
    mark("The e-mail address is empty."),
    mark("An email address must have an @-sign."),
    mark("There must be something before the @-sign."),
    mark("There must be something after the @-sign."),
    mark("The part after the @-sign is not valid. It should have a period."),
    mark("text must be a sentence that says what is wanted or avoided"),
    mark("is used more than once; give each topic its own id"),
    mark("add at least one topic that says what is wanted, or name an exemplar company"),
    mark("the domain is empty"),
    mark(
        "The unsubscribe page is not https, which mailbox providers ask of one-click links. Set PUBLIC_URL to https://…"
    ),
    mark(
        "The unsubscribe page shows another page in place of the unsubscribe page. Check that PUBLIC_URL leads to this "
        "installation."
    ),
)
