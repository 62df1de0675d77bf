package command

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/approval"
)

func (c *call) findRelease(id string) (approval.Release, error) {
	releases := c.view().Releases
	i := slices.IndexFunc(releases, func(r approval.Release) bool { return strings.EqualFold(r.ID, id) })
	if i < 0 {
		return approval.Release{}, fmt.Errorf("there is no release %q: see patchdeck release list", cut(id, 40))
	}
	return releases[i], nil
}

// releaseLine is a release in JSON, with what the engine makes of it.
type releaseLine struct {
	approval.Release
	Lacking  []string           `json:"lacking"` // to leave its phase
	Overlaps []approval.Overlap `json:"overlaps"`
}

func (c *call) lineOfRelease(r approval.Release) releaseLine {
	return releaseLine{r, notNil(c.view().Lacking[r.ID]), notNil(c.view().Overlaps[r.ID])}
}

func (t *tree) releaseShow() *cobra.Command {
	return t.verb(verb{use: "show ID", short: "Show a release: its updates, what it shares with others, its review", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		r, err := c.findRelease(c.args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.object(c.lineOfRelease(r))
		}
		return c.named(c.releaseFacts(r))
	}})
}

// named prints named values, one a line.
func (c *call) named(list [][2]string) error {
	for _, fact := range list {
		if err := c.line("%-11s %s", fact[0], fact[1]); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) releaseFacts(r approval.Release) [][2]string {
	list := [][2]string{{"release", r.ID}, {"title", r.Title}, {"bulletin", r.Bulletin}, {"owner", r.Owner}, {"phase", string(r.Phase)},
		{"category", orDash(r.Category)}, {"created", c.when(r.Created)}, {"revision", fmt.Sprint(r.Revision)}}
	for _, u := range r.Updates {
		words := strings.TrimSpace(fmt.Sprintf("%s %s", u.KB, u.Severity))
		if u.Exploited {
			words += ", exploited"
		}
		words += fmt.Sprintf(", missing on %d: %s", u.Missing, u.Why)
		if u.Added != nil {
			words += fmt.Sprintf("; added by %s: %s", u.Added.By, u.Added.Reason)
		}
		if u.Dropped != nil {
			words = fmt.Sprintf("%s dropped by %s: %s", u.KB, u.Dropped.By, u.Dropped.Reason)
		}
		list = append(list, [2]string{"update", words})
	}
	for _, lack := range c.view().Lacking[r.ID] {
		list = append(list, [2]string{"lacks", lack})
	}
	for _, o := range c.view().Overlaps[r.ID] {
		list = append(list, [2]string{"shares", o.Words})
	}
	if r.Closing != nil {
		list = append(list, [2]string{"withdrawn", fmt.Sprintf("by %s, %s: %s", r.Closing.By, c.when(r.Closing.At), r.Closing.Reason)})
	}
	return append(list, c.reviewFacts(r.Review)...)
}

func (c *call) reviewFacts(review *approval.Review) (list [][2]string) {
	if review == nil {
		return nil
	}
	list = append(list, [2]string{"reviewed", fmt.Sprintf("by %s, %s", review.By, c.when(review.At))})
	for _, q := range approval.ReviewQuestions {
		list = append(list, [2]string{q.Key, review.Answers[q.Key]})
	}
	return list
}

func (t *tree) releasePhase() *cobra.Command {
	return t.verb(verb{use: "phase ID", short: "Show in which phase a release is, and what its gates still lack", args: cobra.ExactArgs(1), reads: always, run: func(c *call) error {
		r, err := c.findRelease(c.args[0])
		if err != nil {
			return err
		}
		lacking := c.view().Lacking[r.ID]
		if c.json {
			return c.object(struct {
				Release string         `json:"release"`
				Phase   approval.Phase `json:"phase"`
				Lacking []string       `json:"lacking"`
			}{r.ID, r.Phase, notNil(lacking)})
		}
		if err := c.line("%s is in %s", r.ID, r.Phase); err != nil {
			return err
		}
		for _, gate := range approval.Gates {
			if gate.Leave == r.Phase {
				if err := c.line("gate:  %s", gate.Demand); err != nil {
					return err
				}
			}
		}
		for _, lack := range lacking {
			if err := c.line("lacks: %s", lack); err != nil {
				return err
			}
		}
		return nil
	}})
}

// amends makes a verb that changes a release for a reason.
func (t *tree) amends(use, short string, arguments int, order func(c *call, release, reason string) engine.Command) *cobra.Command {
	var reason string
	command := t.verb(verb{use: use, short: short, args: cobra.ExactArgs(arguments), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		r, err := c.findRelease(c.args[0])
		if err != nil {
			return err
		}
		return c.do(order(c, r.ID, reason))
	}})
	reasonFlag(command, &reason)
	return command
}

func (t *tree) releaseAdd() *cobra.Command {
	return t.amends("add ID KB", "Add an update, or take back a repaired one; what was approved is void", 2, func(c *call, release, reason string) engine.Command {
		return engine.WidenRelease{Release: release, KB: c.args[1], Reason: reason}
	})
}

func (t *tree) releaseOwn() *cobra.Command {
	return t.amends("own ID OWNER", "Give a release another owner", 2, func(c *call, release, reason string) engine.Command {
		return engine.OwnRelease{Release: release, Owner: c.args[1], Reason: reason}
	})
}

func (t *tree) releaseWithdraw() *cobra.Command {
	return t.amends("withdraw ID", "Close a release without deploying it", 1, func(_ *call, release, reason string) engine.Command {
		return engine.WithdrawRelease{Release: release, Reason: reason}
	})
}

func (t *tree) releaseReview() *cobra.Command {
	answers := map[string]*string{}
	command := t.verb(verb{
		use: "review ID", short: "Record the review of one release, which closes it; patchdeck review hold records a whole month's", args: cobra.ExactArgs(1),
		example: "  patchdeck release review 2026-11-security --categories yes --hole 'closed on 998 of 1000' --baseline yes --better 'stage earlier'",
		run: func(c *call) error {
			r, err := c.findRelease(c.args[0])
			if err != nil {
				return err
			}
			review := approval.Review{Answers: map[string]string{}}
			for _, q := range approval.ReviewQuestions {
				review.Answers[q.Key] = *answers[q.Key]
			}
			return c.do(engine.ReviewRelease{Release: r.ID, Review: review})
		},
	})
	for _, q := range approval.ReviewQuestions {
		answers[q.Key] = command.Flags().String(q.Key, "", q.Words+" (required)")
	}
	return command
}

// day reads a date as the start of that day in the zone of the configuration.
func (c *call) day(words string) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, strings.TrimSpace(words), c.zone())
}
