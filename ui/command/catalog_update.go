package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/catalog"
)

func (t *tree) catalogShow() *cobra.Command {
	return t.verb(verb{use: "show KB", short: "Show an update: what is known and recorded of it, and how the servers stand to it", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		u, err := c.lookAt(c.args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.object(u)
		}
		return c.named(c.updateFacts(u))
	}})
}

// lookAt finds an update without regard to case.
func (c *call) lookAt(kb string) (engine.UpdateView, error) {
	view := c.view()
	for _, b := range view.Bulletins {
		for _, u := range b.Updates {
			if strings.EqualFold(u.KB, kb) {
				found, _ := view.Look(u.KB)
				return found, nil
			}
		}
	}
	return engine.UpdateView{}, fmt.Errorf("the catalogue holds no %s: see patchdeck catalog list", cut(plain(kb), 40))
}

func (c *call) updateFacts(u engine.UpdateView) [][2]string {
	var list [][2]string
	add := func(name, format string, args ...any) {
		list = append(list, [2]string{name, fmt.Sprintf(format, args...)})
	}
	add("update", "%s", strings.TrimSpace(u.KB+" "+u.Title))
	if u.Vendor != "" {
		add("vendor", "%s, %s", u.Vendor, u.Site)
	}
	add("kind", "%s", u.KindOf())
	add("severity", "%s", dangerWords(u.Update))
	add("bulletins", "%s, first published %s", strings.Join(u.Bulletins, " "), c.when(u.Released))
	add("restart", "%s", u.Restart)
	add("removable", "%s", orUnknown(u.Removable))
	if u.Size > 0 {
		add("size", "%d bytes", u.Size)
	}
	if len(u.DependsOn) > 0 {
		add("depends on", "%s", strings.Join(u.DependsOn, " "))
	}
	add("replaces", "%s", orDash(strings.Join(u.Lineage.Replaces, " ")))
	add("replaced by", "%s", orDash(strings.Join(u.Lineage.ReplacedBy, " ")))
	if u.Lineage.Circle {
		add("finding", "it replaces itself by way of others: its vendor's statements contradict one another")
	}
	for _, p := range u.Products {
		add("product", "%s", strings.TrimSpace(p.Name+" "+p.FixedBuild))
	}
	if u.Rule != "" {
		add("applies", "%s", u.Rule)
		add("detected", "%s", u.Detect)
	}
	s := u.Standing
	add("servers", "%d compliant, %d missing, %d approved and not installed, %d unknown, %d not applicable", s.Compliant, s.Missing, s.Approved, s.Unknown, s.NotApplicable)
	add("releases", "%s", orDash(strings.Join(u.Releases, " ")))
	add("days", "%s", daysWords(u))
	return append(list, c.dossierFacts(u.Dossier)...)
}

func (c *call) dossierFacts(d catalog.Dossier) [][2]string {
	var list [][2]string
	add := func(name, format string, args ...any) {
		list = append(list, [2]string{name, fmt.Sprintf(format, args...)})
	}
	for _, one := range d.Decisions {
		word := "relevant"
		if !one.Relevant {
			word = "not relevant"
		}
		add("relevance", "%s by %s, %s: %s", word, one.By, c.when(one.At), one.Why)
	}
	for _, one := range d.Threats {
		add("threat", "%s by %s, %s, heard by %s: %s", dangerWords(catalog.Update{Severity: one.Severity, Exploited: one.Exploited, Disclosed: one.Disclosed}),
			one.By, c.when(one.At), one.Alert.Channel, one.Why)
	}
	for _, one := range d.Rules {
		add("rule", "%s for %s by %s: %s", one.Action, one.Class, one.By, one.Why)
	}
	for _, one := range d.Issues {
		words := one.Words
		if one.Workaround != "" {
			words += "; workaround: " + one.Workaround
		}
		add("issue", "%s (%s, %s)", words, one.By, c.when(one.At))
	}
	for _, one := range d.Files {
		add("file", "%s", fileWords(one))
		for _, p := range one.Points {
			add("lies at", "%s for %s", p.Location, orAll(p.Site))
		}
	}
	return append(list, c.installerFacts(d)...)
}

func orAll(site string) string {
	if site == "" {
		return "all sites"
	}
	return "site " + site
}

// fileWords says of a source file where it comes from and whether its signature can be trusted.
func fileWords(f catalog.SourceFile) string {
	word := "signed by " + f.Signature.Signer
	if !f.Signature.Verified {
		word = "NOT verified: " + f.Signature.Trouble
	}
	return fmt.Sprintf("%s, %d bytes, sha256 %s, from %s, %s", f.Name, f.Size, f.SHA256, f.Origin, word)
}

func dangerWords(u catalog.Update) string {
	words := orDash(u.Severity.String())
	if u.Exploited {
		words += ", exploited"
	}
	if u.Disclosed {
		words += ", disclosed"
	}
	return words
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// daysWords holds our days against those that there were.
func daysWords(u engine.UpdateView) string {
	available, taken := "no attack is known", "Prod is not through"
	if u.DaysAvailable >= 0 {
		available = fmt.Sprintf("%d available to the first attack", u.DaysAvailable)
	}
	if u.DaysTaken >= 0 {
		taken = fmt.Sprintf("%d taken by us", u.DaysTaken)
		if outrun := catalog.Outrun(u.DaysTaken); len(outrun) > 0 {
			taken += ", too many for " + strings.Join(outrun, ", ")
		}
	}
	return available + "; " + taken
}

// records makes a verb that records something of an update for a reason.
func (t *tree) records(use, short string, args cobra.PositionalArgs, order func(c *call, kb, reason string) (engine.Command, error)) *cobra.Command {
	var reason string
	command := t.verb(verb{use: use, short: short, args: args, run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		u, err := c.lookAt(c.args[0])
		if err != nil {
			return err
		}
		command, err := order(c, u.KB, reason)
		if err != nil {
			return err
		}
		return c.do(command)
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) catalogRelevance() *cobra.Command {
	return t.records("relevance KB relevant|not-relevant", "Decide whether an update matters here", cobra.ExactArgs(2), func(c *call, kb, reason string) (engine.Command, error) {
		word := strings.ReplaceAll(strings.ToLower(c.args[1]), "-", " ")
		if word != "relevant" && word != "not relevant" {
			return nil, wrongUsage("%q is no decision: use relevant or not-relevant", cut(plain(c.args[1]), 40))
		}
		return engine.DecideRelevance{KB: kb, Relevant: word == "relevant", Reason: reason}, nil
	})
}

// news are the flags of how a piece of news came in.
type news struct{ channel, verified string }

func (n *news) flags(command *cobra.Command) {
	command.Flags().StringVar(&n.channel, "channel", "", "how the news came in (required): "+joinedInOrder(catalog.Channels))
	command.Flags().StringVar(&n.verified, "verified", "", "the `page` on the vendor's own site that confirms it")
}

func (n *news) alert() (catalog.Alert, error) {
	channel := catalog.Channel(strings.ReplaceAll(n.channel, "-", " "))
	if !slices.Contains(catalog.Channels, channel) {
		return catalog.Alert{}, wrongUsage("--channel %q is not known: use %s", n.channel, joinedInOrder(catalog.Channels))
	}
	return catalog.Alert{Channel: channel, Verified: n.verified}, nil
}

func joinedInOrder[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

func (t *tree) catalogThreat() *cobra.Command {
	var severity, attack string
	var exploited, disclosed bool
	var n news
	command := t.records("threat KB", "Post a change of an update's threat level (security)", cobra.ExactArgs(1), func(c *call, kb, reason string) (engine.Command, error) {
		threat := catalog.Threat{Exploited: exploited, Disclosed: disclosed}
		var err error
		if threat.Severity, err = catalog.ParseSeverity(severity); err != nil || severity == "" {
			return nil, wrongUsage("--severity %q: use Critical, Important, Moderate or Low", severity)
		}
		if threat.Alert, err = n.alert(); err != nil {
			return nil, err
		}
		if attack != "" {
			if threat.Attack, err = c.day(attack); err != nil {
				return nil, wrongUsage("--attack %q is no date: use for instance 2026-11-14", attack)
			}
		}
		return engine.PostThreat{KB: kb, Threat: threat, Reason: reason}, nil
	})
	flags := command.Flags()
	flags.StringVar(&severity, "severity", "", "Critical, Important, Moderate or Low (required)")
	flags.BoolVar(&exploited, "exploited", false, "it is exploited in the wild")
	flags.BoolVar(&disclosed, "disclosed", false, "it is publicly disclosed")
	flags.StringVar(&attack, "attack", "", "the `date` of the first attack")
	n.flags(command)
	return command
}

func (t *tree) catalogRule() *cobra.Command {
	return t.records("rule KB FILTER detect-only|install|decline", "Say what an update may do to a class of servers", cobra.ExactArgs(3), func(c *call, kb, reason string) (engine.Command, error) {
		action, err := catalog.ParseAction(c.args[2])
		if err != nil {
			return nil, wrongUsage("%w", err)
		}
		return engine.RuleClass{KB: kb, Class: c.args[1], Do: action, Reason: reason}, nil
	})
}

func (t *tree) catalogIssue() *cobra.Command {
	var workaround string
	command := t.verb(verb{use: "issue KB WORDS", short: "Record what is known to go wrong with an update, and what helps", args: cobra.ExactArgs(2), run: func(c *call) error {
		u, err := c.lookAt(c.args[0])
		if err != nil {
			return err
		}
		return c.do(engine.NoteIssue{KB: u.KB, Words: c.args[1], Workaround: workaround})
	}})
	command.Flags().StringVar(&workaround, "workaround", "", "what helps")
	return command
}

func (t *tree) catalogAdd() *cobra.Command {
	var u catalog.Update
	var kind, severity, restart, released, reason string
	var n news
	command := t.verb(verb{
		use: "add NAME", short: "Add an update that no bulletin names, of whatever vendor", args: cobra.ExactArgs(1),
		example: "  patchdeck catalog add APSB26-81 --vendor Adobe --kind security-patch --severity Critical --site https://helpx.adobe.com/security.html \\\n" +
			"    --rule 'any(services, # == \"ColdFusion\")' --detect '\"KB-CF-81\" in updates' --channel mailing-list --verified https://helpx.adobe.com/81.html --reason 'web servers run it'",
		run: func(c *call) (err error) {
			if err := needReason(reason); err != nil {
				return err
			}
			u.KB = c.args[0]
			if u.Kind, err = catalog.ParseKind(kind); err != nil {
				return wrongUsage("--%w", err)
			}
			if u.Severity, err = catalog.ParseSeverity(severity); err != nil {
				return wrongUsage("--%w", err)
			}
			if released != "" {
				if u.Released, err = c.day(released); err != nil {
					return wrongUsage("--released %q is no date: use for instance 2026-11-10", released)
				}
			}
			u.Restart = catalog.Restart(strings.ToLower(restart))
			if u.Detect == "" {
				u.Detect = catalog.DetectByName(u.KB)
			}
			if err := catalog.ManualUpdate(u); err != nil {
				return wrongUsage("%w", err)
			}
			alert, err := n.alert()
			if err != nil {
				return err
			}
			return c.do(engine.AddUpdate{Update: u, Alert: alert, Reason: reason})
		},
	})
	flags := command.Flags()
	flags.StringVar(&u.Vendor, "vendor", "", "whose it is (required)")
	flags.StringVar(&u.Title, "title", "", "its title")
	flags.StringVar(&u.Site, "site", "", "the vendor's own `page` about it; files and news must come from its host (required)")
	flags.StringVar(&kind, "kind", string(catalog.SecurityPatch), "what it is: "+kindNames())
	flags.StringVar(&severity, "severity", "", "of a security patch: Critical, Important, Moderate or Low")
	flags.StringVar(&u.Rule, "rule", "", "the inventory `filter` that selects the servers it applies to (required)")
	flags.StringVar(&u.Detect, "detect", "", "the inventory `filter` that selects the servers that have it; left out, those on which its installer's detection finds it")
	flags.StringVar(&restart, "restart", string(catalog.RestartUnknown), "whether it needs a restart: yes, maybe, no or unknown")
	flags.StringVar(&u.Removable, "removable", "", "whether it can be uninstalled: yes or no")
	flags.StringSliceVar(&u.Supersedes, "supersedes", nil, "updates that it replaces")
	flags.StringSliceVar(&u.DependsOn, "depends-on", nil, "updates that must be there first")
	flags.StringSliceVar(&u.CVEs, "cve", nil, "vulnerabilities that it closes")
	flags.BoolVar(&u.Exploited, "exploited", false, "a vulnerability is exploited in the wild")
	flags.Int64Var(&u.Size, "size", 0, "its size in bytes")
	flags.StringVar(&released, "released", "", "the `date` of its publication; left out, today")
	n.flags(command)
	reasonFlag(command, &reason)
	return command
}

func kindNames() string {
	var names []string
	for _, k := range catalog.Kinds {
		names = append(names, string(k.Kind))
	}
	return strings.Join(names, ", ")
}
