BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0021');
CREATE TABLE alert (
	publication TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	told_at DATETIME NOT NULL, 
	CONSTRAINT pk_alert PRIMARY KEY (publication, digest)
);
CREATE TABLE approval (
	id INTEGER NOT NULL, 
	publication TEXT NOT NULL, 
	edition DATE NOT NULL, 
	digest TEXT NOT NULL, 
	approved_by TEXT NOT NULL, 
	approved_at DATETIME NOT NULL, 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_approval PRIMARY KEY (id)
);
INSERT INTO "approval" VALUES(1,'main','2026-06-01','c856d661d6822a1e4a8e8630c18da1cbca0a23facb01a15b405e3b947521776f','Orla','2026-06-01 04:00:00.000000',NULL);
CREATE TABLE attempt (
	id TEXT NOT NULL, 
	send_id INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	state TEXT NOT NULL, 
	provider_id TEXT, 
	status INTEGER, 
	reason TEXT, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, proven_at DATETIME, went_at DATETIME, send_at DATETIME, recall_id TEXT, recall_asked_at DATETIME, recall_forgotten_at DATETIME, 
	CONSTRAINT pk_attempt PRIMARY KEY (id), 
	CONSTRAINT fk_attempt_message FOREIGN KEY(digest) REFERENCES message (digest), 
	CONSTRAINT fk_attempt_send FOREIGN KEY(send_id) REFERENCES send (id)
);
INSERT INTO "attempt" VALUES('1f42233f2e534a85a09e6f119a9a90b4',1,1,'c856d661d6822a1e4a8e8630c18da1cbca0a23facb01a15b405e3b947521776f','submitted','outbox-1f42233f2e534a85a09e6f119a9a90b4',NULL,NULL,'2026-06-01 04:00:00.000000','2026-06-01 04:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "attempt" VALUES('7bace437ae1645f89496154db22dc864',1,2,'c856d661d6822a1e4a8e8630c18da1cbca0a23facb01a15b405e3b947521776f','submitted','outbox-7bace437ae1645f89496154db22dc864',NULL,NULL,'2026-06-01 04:00:00.000000','2026-06-01 04:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE batch (
	send_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	wave INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	depth INTEGER DEFAULT '0' NOT NULL, 
	attempt_id TEXT, 
	owner TEXT, lease_until DATETIME, 
	CONSTRAINT pk_batch PRIMARY KEY (send_id, number), 
	CONSTRAINT fk_batch_send FOREIGN KEY(send_id) REFERENCES send (id)
);
INSERT INTO "batch" VALUES(1,1,1,1,5,'submitted',0,'1f42233f2e534a85a09e6f119a9a90b4',NULL,NULL);
INSERT INTO "batch" VALUES(1,2,1,6,10,'submitted',0,'7bace437ae1645f89496154db22dc864',NULL,NULL);
INSERT INTO "batch" VALUES(1,3,1,11,15,'planned',0,NULL,NULL,NULL);
INSERT INTO "batch" VALUES(1,4,1,16,20,'planned',0,NULL,NULL,NULL);
INSERT INTO "batch" VALUES(1,5,1,21,22,'planned',0,NULL,NULL,NULL);
CREATE TABLE consent (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	how TEXT NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_consent PRIMARY KEY (id), 
	CONSTRAINT fk_consent_subscriber FOREIGN KEY(subscriber_id) REFERENCES subscriber (id)
);
CREATE TABLE correction (
	id INTEGER NOT NULL, 
	send_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	"before" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	note TEXT NOT NULL, 
	CONSTRAINT pk_correction PRIMARY KEY (id), 
	CONSTRAINT fk_correction_message FOREIGN KEY(digest) REFERENCES message (digest), 
	CONSTRAINT fk_correction_send FOREIGN KEY(send_id) REFERENCES send (id)
);
CREATE TABLE event (
	"key" TEXT NOT NULL, 
	event_id TEXT, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	canonical TEXT, 
	attempt_id TEXT, 
	send_id INTEGER, 
	position INTEGER, 
	reason TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY ("key"), 
	CONSTRAINT uq_event_event_id UNIQUE (event_id)
);
CREATE TABLE event_post (
	id INTEGER NOT NULL, 
	provider TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	body BLOB NOT NULL, 
	problem TEXT, 
	CONSTRAINT pk_event_post PRIMARY KEY (id)
);
CREATE TABLE feed_item (
	feed TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	link TEXT NOT NULL, 
	title_hash TEXT NOT NULL, 
	first_seen DATETIME NOT NULL, 
	is_old BOOLEAN NOT NULL, 
	CONSTRAINT pk_feed_item PRIMARY KEY (feed, "key")
);
CREATE TABLE fetched (
	url TEXT NOT NULL, 
	accept TEXT NOT NULL, 
	found_at TEXT NOT NULL, 
	status INTEGER NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	headers JSON NOT NULL, 
	body BLOB NOT NULL, 
	at DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	refusal TEXT, moved INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_fetched PRIMARY KEY (url, accept)
);
CREATE TABLE frozen_edition (
	publication TEXT NOT NULL, 
	edition DATE NOT NULL, 
	content TEXT NOT NULL, 
	record TEXT NOT NULL, 
	used_at DATETIME NOT NULL, 
	CONSTRAINT pk_frozen_edition PRIMARY KEY (publication, edition)
);
INSERT INTO "frozen_edition" VALUES('main','2026-06-01','# The edition of 2026-06-01.
# Change what you like and save: assembling again leaves your words alone.
# Longer texts stand between """ and """; a blank line begins a new paragraph.
# To begin again from the sources: newsletter assemble --date 2026-06-01 --fresh

# Left empty, the subject is the first headline, and the preheader its story''s beginning.
subject = ""
preheader = ""

# The first story leads. A story may also have link, byline, image_credit, markup = "markdown",
# and below its text [stories.image] with url, alt and credit.

[[stories]]
headline = "How the harbour bridge turns"
byline = "Orla Finch"
link = "https://brief.example.org/bridge"
markup = "markdown"
text = """
The old bridge turns on a single bearing of bronze. Every morning at six the keeper climbs down to it with a lamp and a can of oil, and listens before he looks.

"It tells you first," he says. A dry bearing hums; a loose one ticks like a clock in another room. In forty years it has been stuck twice, both times in the week after a storm, when sand had come in with the tide.
"""

[fact]
text = "Bees can count up to four."

# There is no quote. To add one, take the # signs away:
# [quote]
# text = "…"
# author = "…"
# source = "…"

[word]
word = "refute"
pos = "verb"
pronunciation = "rih-FYOOT"
definition = "To prove that a statement is wrong."
sentences = ["A single photograph refuted the whole theory."]
source = "WordNet 3.0, Princeton University"
source_url = "https://wordnet.princeton.edu/"
','{
  "fingerprint": "1972463571f51ff2ab524c8cc59bfb66e05ac29bd04c1870fc572d3b9100da15",
  "provenance": [
    {
      "part": "story",
      "source": "markdown",
      "origin": "content/stories/2026-06-01.md",
      "at": "2026-06-01T04:00:00+00:00",
      "tried": []
    },
    {
      "part": "fact",
      "source": "table",
      "origin": "content/facts.csv, line 3",
      "at": "2026-06-01T04:00:00+00:00",
      "tried": []
    },
    {
      "part": "quote",
      "source": null,
      "origin": "",
      "at": "2026-06-01T04:00:00+00:00",
      "tried": []
    },
    {
      "part": "word",
      "source": "library",
      "origin": "library, w0601",
      "at": "2026-06-01T04:00:00+00:00",
      "tried": []
    }
  ]
}
','2026-06-01 04:00:00.000000');
CREATE TABLE import_change (
	import_id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	CONSTRAINT pk_import_change PRIMARY KEY (import_id, subscriber_id), 
	CONSTRAINT fk_import_change_import_run FOREIGN KEY(import_id) REFERENCES import_run (id)
);
CREATE TABLE import_run (
	id INTEGER NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	counts JSON NOT NULL, state TEXT DEFAULT 'done' NOT NULL, reached INTEGER DEFAULT '0' NOT NULL, options TEXT DEFAULT '' NOT NULL, finished_at DATETIME, undone_at DATETIME, consent TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_import_run PRIMARY KEY (id)
);
INSERT INTO "import_run" VALUES(1,'readers.csv','a8beaa1f6f3f579260917557a6ab6c1593e13635b0c354054255ea857b401b18','2026-11-29 19:23:14.411730','{"rows": 23, "new": 22, "updated": 0, "unchanged": 0, "revived": 0, "kept_opted_out": 1, "suppressed": 0, "duplicate": 0, "rejected": 0}','done',24,'{"consent": "Joined at the harbour fair.", "map": {}, "revive": false}','2026-11-29 19:23:14.411730',NULL,'Joined at the harbour fair.');
CREATE TABLE list_pull (
	provider TEXT NOT NULL, 
	tried_at DATETIME, 
	read_until DATETIME, 
	CONSTRAINT pk_list_pull PRIMARY KEY (provider)
);
CREATE TABLE message (
	digest TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	preheader TEXT NOT NULL, 
	html TEXT NOT NULL, 
	text TEXT NOT NULL, 
	fields JSON NOT NULL, 
	created_at DATETIME NOT NULL, trial JSON, 
	CONSTRAINT pk_message PRIMARY KEY (digest)
);
INSERT INTO "message" VALUES('c856d661d6822a1e4a8e8630c18da1cbca0a23facb01a15b405e3b947521776f','How the harbour bridge turns','The old bridge turns on a single bearing of bronze. Every morning at six the keeper climbs down to it with a lamp and a can of oil, and…','<!DOCTYPE html>
<html lang="en" dir="ltr" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>How the harbour bridge turns</title><!--[if !mso]><!--><meta http-equiv="X-UA-Compatible" content="IE=edge"><!--<![endif]-->
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<style type="text/css">
#outlook a { padding: 0; }
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; -ms-text-size-adjust: 100%; }
table, td { border-collapse: collapse; mso-table-lspace: 0pt; mso-table-rspace: 0pt; }
img { border: 0; height: auto; line-height: 100%; outline: none; text-decoration: none; -ms-interpolation-mode: bicubic; }
p { display: block; margin: 13px 0; }
</style>
<!--[if mso]>
<noscript>
<xml>
<o:OfficeDocumentSettings>
  <o:AllowPNG/>
  <o:PixelsPerInch>96</o:PixelsPerInch>
</o:OfficeDocumentSettings>
</xml>
</noscript>
<![endif]-->
<!--[if lte mso 11]>
<style type="text/css">
.mj-outlook-group-fix { width:100% !important; }
</style>
<![endif]-->
<style type="text/css">@media only screen and (min-width:480px) { .mj-column-per-100 { width:100% !important; max-width:100%; }  }</style>
<style data-premailer="ignore" media="screen and (min-width:480px)">.moz-text-html .mj-column-per-100 { width:100% !important; max-width:100%; } </style>
<style type="text/css">:root { color-scheme: light dark; supported-color-schemes: light dark; }
.nameplate, .headline, .second { text-wrap: balance; }
.saying, .quoted, .prose p, .sense p, .note p { text-wrap: pretty; }
@media only screen and (max-width: 479px) {
  .gutter > table > tbody > tr > td { padding-left: 20px !important; padding-right: 20px !important; }
  .card-row > table > tbody > tr > td { padding-left: 12px !important; padding-right: 12px !important; }
  .nameplate { font-size: 34px !important; line-height: 40px !important; }
  .nameplate.long { font-size: 27px !important; line-height: 33px !important; }
  .headline { font-size: 29px !important; line-height: 35px !important; }
  .headline.long { font-size: 25px !important; line-height: 31px !important; }
  .second { font-size: 24px !important; line-height: 30px !important; }
  .prose .lede p { font-size: 19px !important; line-height: 29px !important; }
  .saying { font-size: 20px !important; line-height: 29px !important; }
  .quoted { font-size: 22px !important; line-height: 32px !important; }
  .button table, .votes { width: 100% !important; }
  .vote a { padding-left: 4px !important; padding-right: 4px !important; }
}
@media (prefers-color-scheme: dark) {
  body, .desk, .desk > table { background: #0F1013 !important; background-color: #0F1013 !important; }
  .paper, .paper > table { background: #191B1F !important; background-color: #191B1F !important; }
  .tint > table > tbody > tr > td, .picture img, .prose pre { background-color: #24262B !important; }
  .quote > table > tbody > tr > td { background-color: #2A3446 !important; }
  .button td, .button a { background: #A3231F !important; background-color: #A3231F !important; }
  .head, .prose h2, .prose h3, .prose a, .prose .lede p { color: #F4F1EA !important; }
  .ink, .prose p, .prose li, .prose pre { color: #D9D8D4 !important; }
  .dim, .picture img { color: #A9ACB3 !important; }
  .accent { color: #FF9B8C !important; }
  .on-quote { color: #FBF8F2 !important; }
  .button a { color: #FFFFFF !important; }
  .bar > table > tbody > tr > td { border-top-color: #A3231F !important; }
  .dateline { border-top-color: #F4F1EA !important; border-bottom-color: #3A3E45 !important; }
  .hairline p, .prose hr { border-top-color: #3A3E45 !important; }
  .outlined > table > tbody > tr > td { border-color: #3A3E45 !important; }
  .vote { border-color: #A9ACB3 !important; }
  .example, .prose blockquote { border-color: #6B4A42 !important; }
}

[data-ogsb] .desk, [data-ogsb] .desk > table { background-color: #0F1013 !important; }
[data-ogsb] .paper, [data-ogsb] .paper > table { background-color: #191B1F !important; }
[data-ogsb] .tint > table > tbody > tr > td, [data-ogsb] .picture img, [data-ogsb] .prose pre { background-color: #24262B !important; }
[data-ogsb] .quote > table > tbody > tr > td { background-color: #2A3446 !important; }
[data-ogsb] .button td, [data-ogsb] .button a { background-color: #A3231F !important; }
[data-ogsc] .head, [data-ogsc] .prose h2, [data-ogsc] .prose h3, [data-ogsc] .prose a, [data-ogsc] .prose .lede p { color: #F4F1EA !important; }
[data-ogsc] .ink, [data-ogsc] .prose p, [data-ogsc] .prose li, [data-ogsc] .prose pre { color: #D9D8D4 !important; }
[data-ogsc] .dim, [data-ogsc] .picture img { color: #A9ACB3 !important; }
[data-ogsc] .accent { color: #FF9B8C !important; }
[data-ogsc] .on-quote { color: #FBF8F2 !important; }
[data-ogsc] .button a { color: #FFFFFF !important; }</style>
<meta name="description" content="The old bridge turns on a single bearing of bronze. Every morning at six the keeper climbs down to it with a lamp and a can of oil, and…"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><meta name="format-detection" content="telephone=no, date=no, address=no, email=no"></head>
<body style="word-spacing:normal;background-color:#F1EEE7;"><div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">The old bridge turns on a single bearing of bronze. Every morning at six the keeper climbs down to it with a lamp and a can of oil, and…</div>
<div aria-label="How the harbour bridge turns" aria-roledescription="email" class="desk" role="article" lang="en" dir="ltr" style="background-color:#F1EEE7;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#F1EEE7" align="center" width="640" class="gutter desk-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="gutter desk" style="background:#F1EEE7;background-color:#F1EEE7;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#F1EEE7;background-color:#F1EEE7;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:12px 40px 0px 40px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td style="vertical-align:top;width:560px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody></tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#FFFFFF" align="center" width="640" class="gutter paper bar-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="gutter paper bar" style="background:#FFFFFF;background-color:#FFFFFF;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#FFFFFF;background-color:#FFFFFF;width:100%;"><tbody><tr><td style="border-top:5px solid #A3231F;direction:ltr;font-size:0px;padding:28px 40px 24px 40px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td style="vertical-align:top;width:560px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody><tr><td align="center" style="font-size:0px;padding:0px;word-break:break-word;"><div style="font-family:Georgia, ''Times New Roman'', Times, serif;font-size:17px;line-height:28px;text-align:center;color:#22252B;"><p class="nameplate head" style="margin:0; color:#14161A; font-size:44px; line-height:50px; font-weight:bold; letter-spacing:-1px">The Harbour Brief</p>
</div>
</td>
</tr>
<tr><td style="font-size:0px;word-break:break-word;"><div style="height:22px;line-height:22px;"> </div>
</td>
</tr>
<tr><td align="left" class="dateline" style="border-top:2px solid #14161A; border-bottom:1px solid #DEDAD1; font-size:0; padding:10px 0; word-break:break-word"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="small dim" align="left" style="color:#4D525A; font-size:14px; line-height:21px">Monday, June 1, 2026</td>
<td class="small dim" align="right" style="color:#4D525A; font-size:14px; line-height:21px">1 min read</td>
</tr>
</table>
</div>
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#FFFFFF" align="center" width="640" class="gutter paper-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="gutter paper" style="background:#FFFFFF;background-color:#FFFFFF;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#FFFFFF;background-color:#FFFFFF;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:8px 40px 0px 40px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td style="vertical-align:top;width:560px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody><tr><td align="left" style="font-size:0px;padding:0px 0px 10px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="kicker accent" style="margin:0; color:#A3231F; font-size:13px; line-height:18px; font-weight:bold; letter-spacing:1.2px; text-transform:uppercase">Top story</p>
</div>
</td>
</tr>
<tr><td align="left" style="font-size:0px;padding:0px 0px 10px 0px;word-break:break-word;"><div style="font-family:Georgia, ''Times New Roman'', Times, serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><h1 class="headline head" style="margin:0; color:#14161A; font-size:36px; line-height:43px; font-weight:bold; letter-spacing:-0.4px">How the harbour bridge turns</h1>
</div>
</td>
</tr>
<tr><td align="left" style="font-size:0px;padding:0px 0px 24px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="small dim" style="margin:0; color:#4D525A; font-size:14px; line-height:21px">By Orla Finch</p>
</div>
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#FFFFFF" align="center" width="640" class="gutter paper-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="gutter paper" style="background:#FFFFFF;background-color:#FFFFFF;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#FFFFFF;background-color:#FFFFFF;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:0px 40px 40px 40px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td style="vertical-align:top;width:560px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody><tr><td align="left" class="prose" style="font-size:0px;padding:0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><div class="lede"><p style="margin:0 0 24px; color:#14161A; font-size:20px; line-height:31px">The old bridge turns on a single bearing of bronze. Every morning at six the keeper climbs down to it with a lamp and a can of oil, and listens before he looks.</p>
</div>
<p style="margin:0 0 20px; color:#22252B; font-size:17px; line-height:28px">"It tells you first," he says. A dry bearing hums; a loose one ticks like a clock in another room. In forty years it has been stuck twice, both times in the week after a storm, when sand had come in with the tide.</p>    </div>
</td>
</tr>
<tr><td align="left" vertical-align="middle" class="button" style="font-size:0px;padding:12px 0px 8px 0px;word-break:break-word;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:separate;line-height:100%;"><tbody><tr><td align="center" bgcolor="#A3231F" role="presentation" valign="middle" style="border:none;border-radius:3px;cursor:auto;mso-padding-alt:14px 24px;background:#A3231F;"><a href="https://brief.example.org/bridge" target="_blank" style="display:inline-block;background:#A3231F;color:#FFFFFF;font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:16px;font-weight:bold;line-height:20px;margin:0;text-decoration:none;text-transform:none;padding:14px 24px;mso-padding-alt:0px;border-radius:3px;">Read the full story</a></td>
</tr>
</tbody></table>
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#FFFFFF" align="center" width="640" class="card-row paper-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="card-row paper" style="background:#FFFFFF;background-color:#FFFFFF;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#FFFFFF;background-color:#FFFFFF;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:0px 20px 20px 20px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td class="tint-outlook" style="vertical-align:top;width:600px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100 tint" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="border-collapse:separate;"><tbody><tr><td style="background-color:#F6F0E4;border-radius:8px;vertical-align:top;border-collapse:separate;padding:26px 20px 24px 20px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%"><tbody><tr><td align="left" style="font-size:0px;padding:0px 0px 10px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><h2 class="kicker accent"
style="margin:0; color:#A3231F; font-size:13px; line-height:18px; font-weight:bold; letter-spacing:1.2px; text-transform:uppercase">Fact of the day</h2>
</div>
</td>
</tr>
<tr><td align="left" style="font-size:0px;padding:0px;word-break:break-word;"><div style="font-family:Georgia, ''Times New Roman'', Times, serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="saying head" style="margin:0; color:#14161A; font-size:22px; line-height:31px">Bees can count up to four.</p>
</div>
</td>
</tr>
</tbody></table>
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#FFFFFF" align="center" width="640" class="card-row paper-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="card-row paper" style="background:#FFFFFF;background-color:#FFFFFF;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#FFFFFF;background-color:#FFFFFF;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:0px 20px 20px 20px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td class="outlined-outlook" style="vertical-align:top;width:600px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100 outlined" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="border-collapse:separate;"><tbody><tr><td style="border:1px solid #DEDAD1;border-radius:8px;vertical-align:top;border-collapse:separate;padding:25px 19px 23px 19px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%"><tbody><tr><td align="left" style="font-size:0px;padding:0px 0px 10px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><h2 class="kicker accent"
style="margin:0; color:#A3231F; font-size:13px; line-height:18px; font-weight:bold; letter-spacing:1.2px; text-transform:uppercase">Word of the day</h2>
</div>
</td>
</tr>
<tr><td align="left" style="font-size:0px;padding:0px;word-break:break-word;"><div style="font-family:Georgia, ''Times New Roman'', Times, serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="headword head" style="margin:0; color:#14161A; font-size:34px; line-height:40px; font-weight:bold">refute</p>
</div>
</td>
</tr>
<tr><td align="left" style="font-size:0px;padding:2px 0px 0px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="pronounced dim" style="margin:0; color:#4D525A; font-size:16px; line-height:24px"><em>verb</em> · rih-FYOOT</p>
</div>
</td>
</tr>    <tr><td align="left" class="sense" style="font-size:0px;padding:14px 0px 0px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="ink" style="margin:0; color:#22252B">To prove that a statement is wrong.</p>
<p class="example ink" style="margin:14px 0 0; color:#22252B; padding-left:15px; border-left:3px solid #D9B9A6; font-size:16px; line-height:26px; font-style:italic">A single photograph refuted the whole theory.</p>    </div>
</td>
</tr>
<tr><td align="left" style="font-size:0px;padding:16px 0px 0px 0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="small dim" style="margin:0; color:#4D525A; font-size:14px; line-height:21px">Source: <a class="dim" href="https://wordnet.princeton.edu/" style="color:#4D525A">WordNet 3.0, Princeton University</a></p>
</div>
</td>
</tr>
</tbody></table>
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#FFFFFF" align="center" width="640" class="paper-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="paper" style="background:#FFFFFF;background-color:#FFFFFF;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#FFFFFF;background-color:#FFFFFF;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:0px 0px 20px 0px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
<!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation" bgcolor="#F1EEE7" align="center" width="640" class="gutter desk-outlook" style="width:640px;"><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div class="gutter desk" style="background:#F1EEE7;background-color:#F1EEE7;margin:0px auto;max-width:640px;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" align="center" style="background:#F1EEE7;background-color:#F1EEE7;width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:30px 40px 40px 40px;text-align:center;"><!--[if mso | IE]><table border="0" cellpadding="0" cellspacing="0" role="presentation"><tr><![endif]-->
<!--[if mso | IE]><td style="vertical-align:top;width:560px;"><![endif]-->
<div class="mj-outlook-group-fix mj-column-per-100" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" width="100%" style="vertical-align:top;"><tbody><tr><td align="left" class="footer" style="font-size:0px;padding:0px;word-break:break-word;"><div style="font-family:''Segoe UI'', system-ui, -apple-system, Roboto, Helvetica, Arial, sans-serif;font-size:17px;line-height:28px;text-align:left;color:#22252B;"><p class="small dim" style="margin:0 0 12px; color:#4D525A; font-size:14px; line-height:21px">You get The Harbour Brief because you subscribed with this address: -qae53b513deab_address_h-</p>
<p class="small dim" style="margin:0 0 12px; color:#4D525A; font-size:14px; line-height:21px"><a class="dim" href="-qae53b513deab_unsubscribe_url_h-" style="color:#4D525A">Unsubscribe</a>  ·  <a class="dim" href="https://brief.example.org" style="color:#4D525A">Visit our website</a></p>
<p class="small dim" style="margin:0 0 12px; color:#4D525A; font-size:14px; line-height:21px">1 Quay Street, Exampletown</p>
<p class="small dim" style="margin:0 0 12px; color:#4D525A; font-size:14px; line-height:21px">© 2026 The Harbour Brief</p>
</div>
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td><![endif]-->
<!--[if mso | IE]></tr></table><![endif]-->
</td>
</tr>
</tbody></table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</div>
</body></html>','THE HARBOUR BRIEF
Monday, June 1, 2026 · 1 min read

--------------------------------

HOW THE HARBOUR BRIDGE TURNS
By Orla Finch

The old bridge turns on a single bearing of bronze. Every morning at six
the keeper climbs down to it with a lamp and a can of oil, and listens
before he looks.

"It tells you first," he says. A dry bearing hums; a loose one ticks
like a clock in another room. In forty years it has been stuck twice,
both times in the week after a storm, when sand had come in with the
tide.

Read the full story:
https://brief.example.org/bridge

--------------------------------

FACT OF THE DAY

Bees can count up to four.

--------------------------------

WORD OF THE DAY

refute · verb · rih-FYOOT

To prove that a statement is wrong.

- A single photograph refuted the whole theory.

Source: WordNet 3.0, Princeton University
(https://wordnet.princeton.edu/)

--------------------------------

You get The Harbour Brief because you subscribed with this address:
-qae53b513deab_address_t-

Unsubscribe:
-qae53b513deab_unsubscribe_url_t-

Visit our website:
https://brief.example.org

1 Quay Street, Exampletown
© 2026 The Harbour Brief
','[{"name": "address", "html_tag": "-qae53b513deab_address_h-", "text_tag": "-qae53b513deab_address_t-", "fallback": null}, {"name": "unsubscribe_url", "html_tag": "-qae53b513deab_unsubscribe_url_h-", "text_tag": "-qae53b513deab_unsubscribe_url_t-", "fallback": null}]','2026-06-01 04:00:00.000000',NULL);
CREATE TABLE recipient (
	send_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	outcome TEXT, 
	reason TEXT, 
	CONSTRAINT pk_recipient PRIMARY KEY (send_id, position)
)
 WITHOUT ROWID

;
INSERT INTO "recipient" VALUES(1,1,1,'reader01@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,2,6,'reader06@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,3,11,'reader11@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,4,16,'reader16@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,5,17,'reader17@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,6,2,'reader02@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,7,7,'reader07@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,8,12,'reader12@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,9,13,'reader13@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,10,18,'reader18@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,11,3,'reader03@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,12,8,'reader08@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,13,9,'reader09@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,14,14,'reader14@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,15,19,'reader19@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,16,4,'reader04@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,17,5,'reader05@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,18,10,'reader10@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,19,15,'reader15@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,20,20,'reader20@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,21,21,'reader21@example.org',NULL,NULL);
INSERT INTO "recipient" VALUES(1,22,22,'reader22@example.org',NULL,NULL);
CREATE TABLE recipient_report (
	send_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	rank INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_recipient_report PRIMARY KEY (send_id, position), 
	CONSTRAINT fk_recipient_report_send FOREIGN KEY(send_id) REFERENCES send (id)
)
 WITHOUT ROWID

;
CREATE TABLE send (
	id INTEGER NOT NULL, 
	publication TEXT NOT NULL, 
	edition DATE NOT NULL, 
	kind TEXT NOT NULL, 
	status TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	recipients INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	completed_at DATETIME, 
	owner TEXT, 
	lease_until DATETIME, 
	paused_until DATETIME, alarms TEXT DEFAULT '' NOT NULL, segment TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_send PRIMARY KEY (id), 
	CONSTRAINT fk_send_message FOREIGN KEY(digest) REFERENCES message (digest)
);
INSERT INTO "send" VALUES(1,'main','2026-06-01','edition','open','c856d661d6822a1e4a8e8630c18da1cbca0a23facb01a15b405e3b947521776f','outbox',22,'2026-06-01 04:00:00.000000',NULL,NULL,NULL,NULL,'','');
CREATE TABLE state_change (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	from_state TEXT, 
	to_state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	CONSTRAINT pk_state_change PRIMARY KEY (id), 
	CONSTRAINT fk_state_change_subscriber FOREIGN KEY(subscriber_id) REFERENCES subscriber (id)
);
CREATE TABLE subscriber (
	id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	canonical TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	state TEXT NOT NULL, 
	token TEXT NOT NULL, 
	zone TEXT, 
	attributes JSON DEFAULT '{}' NOT NULL, 
	import_id INTEGER, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, frequency TEXT DEFAULT 'daily' NOT NULL, paused_until DATE, import_line INTEGER, signed_up DATETIME, evidence TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_subscriber PRIMARY KEY (id), 
	CONSTRAINT uq_subscriber_canonical UNIQUE (canonical), 
	CONSTRAINT uq_subscriber_token UNIQUE (token)
);
INSERT INTO "subscriber" VALUES(1,'reader01@example.org','reader01@example.org','Reader 1','active','AOhTrJsmeNMTd3TtAahcq7',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,2,NULL,'');
INSERT INTO "subscriber" VALUES(2,'reader02@example.org','reader02@example.org','Reader 2','active','AOLdqLz4XyH5KqGTKyq0CY',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,3,NULL,'');
INSERT INTO "subscriber" VALUES(3,'reader03@example.org','reader03@example.org','Reader 3','active','AO6EaP2ocqJS2Vr1i8l0Dj',NULL,'{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,4,NULL,'');
INSERT INTO "subscriber" VALUES(4,'reader04@example.org','reader04@example.org','Reader 4','active','AObMTk0_FeYtLDYZPuSS_q','Asia/Tokyo','{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,5,NULL,'');
INSERT INTO "subscriber" VALUES(5,'reader05@example.org','reader05@example.org','Reader 5','active','AOBYcGKwEFogglgf4lEVmr',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,6,NULL,'');
INSERT INTO "subscriber" VALUES(6,'reader06@example.org','reader06@example.org','Reader 6','active','AOd6hW0ECPXNm_Kumwy8U5',NULL,'{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,7,NULL,'');
INSERT INTO "subscriber" VALUES(7,'reader07@example.org','reader07@example.org','Reader 7','active','AOcrDf21PNSY1Ep4qL8e1L',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,8,NULL,'');
INSERT INTO "subscriber" VALUES(8,'reader08@example.org','reader08@example.org','Reader 8','active','AO-b4LK-9mRvARRHueO7SD','Asia/Tokyo','{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,9,NULL,'');
INSERT INTO "subscriber" VALUES(9,'reader09@example.org','reader09@example.org','Reader 9','active','AO2W_5IKe8D6THF1239gbt',NULL,'{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,10,NULL,'');
INSERT INTO "subscriber" VALUES(10,'reader10@example.org','reader10@example.org','Reader 10','active','AOlwsRBBPdLmYKvCTeTDpU',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,11,NULL,'');
INSERT INTO "subscriber" VALUES(11,'reader11@example.org','reader11@example.org','Reader 11','active','AO4soyPwJgZR4n5jq_cHuz',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,12,NULL,'');
INSERT INTO "subscriber" VALUES(12,'reader12@example.org','reader12@example.org','Reader 12','active','AOu3cVbe1F1pmRYD5xG5NN','Asia/Tokyo','{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,13,NULL,'');
INSERT INTO "subscriber" VALUES(13,'reader13@example.org','reader13@example.org','Reader 13','active','AOYP292tXt3U7nLTJfQGmJ',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,14,NULL,'');
INSERT INTO "subscriber" VALUES(14,'reader14@example.org','reader14@example.org','Reader 14','active','AOskFYrXRACrB-t8UgC1lJ',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,15,NULL,'');
INSERT INTO "subscriber" VALUES(15,'reader15@example.org','reader15@example.org','Reader 15','active','AOSWzMFvuOvRrpx8uU8-p6',NULL,'{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,16,NULL,'');
INSERT INTO "subscriber" VALUES(16,'reader16@example.org','reader16@example.org','Reader 16','active','AOk8f_05CQZ6_-BsP6oc_a','Asia/Tokyo','{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,17,NULL,'');
INSERT INTO "subscriber" VALUES(17,'reader17@example.org','reader17@example.org','Reader 17','active','AOWVDIsx-0s7Yl2967KdnB',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,18,NULL,'');
INSERT INTO "subscriber" VALUES(18,'reader18@example.org','reader18@example.org','Reader 18','active','AOMCvjNUZkKFOgqICyRJo2',NULL,'{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,19,NULL,'');
INSERT INTO "subscriber" VALUES(19,'reader19@example.org','reader19@example.org','Reader 19','active','AORTjK-_LsPwhVA9HIeBub',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,20,NULL,'');
INSERT INTO "subscriber" VALUES(20,'reader20@example.org','reader20@example.org','Reader 20','active','AODbgFAutM4pP4dKrbDT9s','Asia/Tokyo','{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,21,NULL,'');
INSERT INTO "subscriber" VALUES(21,'reader21@example.org','reader21@example.org','Reader 21','active','AOdrT0MmxsX1EJ90Dk73-J',NULL,'{"city":"Riga","tags":"vip"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,22,NULL,'');
INSERT INTO "subscriber" VALUES(22,'reader22@example.org','reader22@example.org','Reader 22','active','AOH0I_1jSx3qiLRPdtR1is',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,23,NULL,'');
INSERT INTO "subscriber" VALUES(23,'gone@example.org','gone@example.org','Gone','unsubscribed','AOnUsp5Djr_sSGV7UdeBrw',NULL,'{"city":"Riga"}',1,'2026-11-29 19:23:14.411730','2026-11-29 19:23:14.411730','daily',NULL,24,NULL,'');
CREATE TABLE suppression (
	canonical TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_suppression PRIMARY KEY (canonical)
);
CREATE TABLE used (
	publication TEXT NOT NULL, 
	edition DATE NOT NULL, 
	number INTEGER NOT NULL, 
	part TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	text TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	used_at DATETIME NOT NULL, 
	CONSTRAINT pk_used PRIMARY KEY (publication, edition, number)
);
INSERT INTO "used" VALUES('main','2026-06-01',1,'story','headline how the harbour bridge turns','How the harbour bridge turns','content/stories/2026-06-01.md','2026-06-01 04:00:00.000000');
INSERT INTO "used" VALUES('main','2026-06-01',2,'story','link brief.example.org/bridge','https://brief.example.org/bridge','content/stories/2026-06-01.md','2026-06-01 04:00:00.000000');
INSERT INTO "used" VALUES('main','2026-06-01',3,'fact','bees can count up to four','Bees can count up to four.','content/facts.csv, line 3','2026-06-01 04:00:00.000000');
INSERT INTO "used" VALUES('main','2026-06-01',4,'word','refute','refute','library, w0601','2026-06-01 04:00:00.000000');
CREATE TABLE "wave" (
	send_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	canary BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_wave PRIMARY KEY (send_id, number), 
	CONSTRAINT fk_wave_send FOREIGN KEY(send_id) REFERENCES send (id)
);
INSERT INTO "wave" VALUES(1,1,'2026-06-01 04:00:00.000000',0);
CREATE INDEX ix_consent_subscriber_id ON consent (subscriber_id);
CREATE UNIQUE INDEX uq_send_edition ON send (publication, edition) WHERE kind = 'edition';
CREATE INDEX ix_state_change_subscriber_id ON state_change (subscriber_id);
CREATE INDEX ix_attempt_batch ON attempt (send_id, batch);
CREATE INDEX ix_event_canonical ON event (canonical);
CREATE INDEX ix_attempt_recall ON attempt (send_at) WHERE recall_asked_at IS NOT NULL;
CREATE INDEX ix_approval_edition ON approval (publication, edition);
CREATE INDEX ix_batch_next ON batch (send_id, state, depth, number);
CREATE INDEX ix_batch_first ON batch (send_id, first);
CREATE INDEX ix_correction_send_id ON correction (send_id);
CREATE INDEX ix_suppression_at ON suppression (at);
CREATE INDEX ix_recipient_outcome ON recipient (send_id, outcome) WHERE outcome IS NOT NULL;
COMMIT;
