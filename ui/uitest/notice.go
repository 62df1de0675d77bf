package uitest

import (
	"time"

	"patchdeck/engine"
	"patchdeck/engine/inventory"
	"patchdeck/engine/notice"
)

// notices are what the night told people: one that all have, one whose mail server is down, one that went to nobody.
func notices() []engine.NoticeView {
	told := func(id string, kind notice.Kind, ago time.Duration, subject, body string, copies ...notice.Delivery) engine.NoticeView {
		return engine.NoticeView{Deliveries: copies, Notice: notice.Notice{ID: id, Key: notice.Key(kind, "CHG-12"), Kind: kind, Release: "2026-11-security", Change: "CHG-12",
			At: At.Add(-ago), By: "engine", Subject: subject, Body: body, Copies: len(copies)}}
	}
	copyTo := func(id, to string, channel notice.Channel, state notice.State, words string) notice.Delivery {
		return notice.Delivery{ID: id, To: to, Channel: channel, State: state, Since: At.Add(-10 * time.Minute), Attempts: 1, Words: words}
	}
	return []engine.NoticeView{
		told("N-3", notice.Halted, 3*time.Minute, "R-3 (Prod) is halted: November 2026 security", "Nothing new starts; what runs finishes.\n",
			copyTo("N-3.1", "lead@example.com", notice.Mail, notice.Waiting, "the mail server cannot be used: connection refused"),
			copyTo("N-3.2", "chat", notice.Webhook, notice.Sent, "")),
		told("N-2", notice.ProdUpdated, 2*day, "Prod updated: October 2026 security", "The last window is through:\n\n  Prod (R-2): 60 targeted\n",
			copyTo("N-2.1", "lead@example.com", notice.Mail, notice.Sent, ""),
			copyTo("N-2.2", "old@example.com", notice.Mail, notice.Failed, "550 no such user"),
			copyTo("N-2.3", "pager", notice.Webhook, notice.Unknown, "the connection broke")),
		told("N-1", notice.HeadsUp, 3*day, "Heads-up: November 2026 security is being prepared", "Ask your vendors.\n"),
	}
}

// incidents are an open one of the engine's, and one that a person ended.
func incidents(fleet []inventory.Server) []notice.Incident {
	return []notice.Incident{
		{ID: "INC-118", Title: "the update was rolled back at the restart (0x800F0922)", Class: "patch", Code: "0x800F0922", Server: fleet[0].ID, Release: "2026-11-security",
			Links: []string{"R-3", "CHG-12"}, State: notice.Open, By: "engine", Opened: At.Add(-2 * time.Hour), Raised: At.Add(-2 * time.Hour), Last: At.Add(-time.Hour), Times: 2},
		{ID: "INC-117", Title: "printing fails since Monday", State: notice.Resolved, Owner: "m.silva", By: "k.osei", Opened: At.Add(-day), Raised: At.Add(-day),
			Last: At.Add(-day), Times: 1, Resolution: &notice.Resolution{By: "m.silva", At: At.Add(-3 * time.Hour), Words: "the driver was replaced"}},
	}
}
