package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"patchdeck/engine"
	"patchdeck/engine/calendar"
	"patchdeck/engine/procedure"
)

func (t *tree) review() *cobra.Command {
	return t.noun("review", "Reviews of the month with their actions, and of the quarter: questionnaire and outside sources",
		t.reviewHold(), t.reviewShow(), t.reviewActions(), t.reviewAct(), t.reviewFinish(),
		t.reviewQuestions(), t.reviewAnswer(), t.reviewSources(), t.reviewSource(), t.reviewAddSource(), t.reviewDropSource())
}

// keyed reads answers of the form key=words.
func keyed(pairs []string) (map[string]string, error) {
	answers := map[string]string{}
	for _, pair := range pairs {
		key, words, ok := strings.Cut(pair, "=")
		if _, twice := answers[key]; !ok || key == "" || twice {
			return nil, wrongUsage("--answer %q: write each once, as key=words; the keys are %s", cut(pair, 60), keysOf(procedure.ReviewQuestions))
		}
		answers[key] = words
	}
	return answers, nil
}

func keysOf(questions []procedure.Question) string {
	var keys []string
	for _, q := range questions {
		keys = append(keys, q.Key)
	}
	return strings.Join(keys, ", ")
}

func (t *tree) reviewHold() *cobra.Command {
	var order engine.HoldReview
	var pairs []string
	command := t.verb(verb{
		use: "hold [MONTH]", short: "Record the change review meeting of a month; held again, it replaces what was said", args: cobra.MaximumNArgs(1),
		example: "  patchdeck review hold 2026-11 --summary 'Dev took too long' --answer hole=yes --answer 'better=stage earlier' --attendee k.osei",
		run: func(c *call) (err error) {
			if strings.TrimSpace(order.Summary) == "" {
				return wrongUsage("--summary is missing: what was found, in a sentence or more")
			}
			if order.Answers, err = keyed(pairs); err != nil {
				return err
			}
			cycle, err := c.cycleArgument()
			if err != nil {
				return err
			}
			order.Cycle = cycle.ID
			return c.do(order)
		},
	})
	flags := command.Flags()
	flags.StringVar(&order.Summary, "summary", "", "what was found (required)")
	flags.StringArrayVar(&order.Attendees, "attendee", nil, "who was there, may be repeated")
	flags.StringArrayVar(&pairs, "answer", nil, "key=words, may be repeated; the keys are "+keysOf(procedure.ReviewQuestions))
	return command
}

func (t *tree) reviewShow() *cobra.Command {
	return t.verb(verb{use: "show [MONTH]", short: "Show what a month's review found; left out, the newest", args: cobra.MaximumNArgs(1), reads: always, run: func(c *call) error {
		reviews := c.view().Procedure.Reviews
		for _, r := range reviews {
			if len(c.args) > 0 && !strings.EqualFold(r.Cycle, c.args[0]) {
				continue
			}
			if c.json {
				return c.object(r)
			}
			lines := [][2]string{{"month", r.Cycle}, {"held", c.when(r.At) + " by " + r.By}, {"with", orDash(strings.Join(r.Attendees, ", "))}, {"summary", r.Summary}}
			for _, q := range procedure.ReviewQuestions {
				lines = append(lines, [2]string{q.Key, q.Words + " " + orDash(r.Answers[q.Key])})
			}
			for _, line := range lines {
				if err := c.line("%-11s %s", line[0], line[1]); err != nil {
					return err
				}
			}
			return nil
		}
		if len(c.args) > 0 || c.json {
			return fmt.Errorf("that review was not held yet: patchdeck review hold MONTH --summary TEXT holds it")
		}
		return c.line("no review was held yet: patchdeck review hold MONTH --summary TEXT holds one")
	}})
}

func (t *tree) reviewActions() *cobra.Command {
	var all bool
	command := t.verb(verb{use: "actions", short: "List what reviews want done, by whom and until when", reads: always, run: func(c *call) error {
		zone := c.session.Zone
		if zone == nil {
			zone = c.view().At.Location()
		}
		today := calendar.DateOf(c.view().At, zone)
		var rows [][]string
		for _, a := range c.view().Procedure.Actions {
			state := a.State(today)
			if state == procedure.ActionDone && !all {
				continue
			}
			if c.json {
				if err := c.object(struct {
					State procedure.ActionState `json:"state"`
					procedure.Action
				}{state, a}); err != nil {
					return err
				}
				continue
			}
			note := "-"
			if a.Done != nil {
				note = a.Done.Note
			} else if len(a.Carried) > 0 {
				note = "carried into " + strings.Join(a.Carried, ", ")
			}
			rows = append(rows, []string{a.ID, string(state), a.Due.String(), a.Owner, a.Cycle, a.Words, note})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"ACTION", 12}, {"STATE", 0}, {"DUE", 0}, {"OWNER", 20}, {"MONTH", 16}, {"WHAT", 60}, {"NOTE", 40}}, rows, "no action is open: patchdeck review act WORDS --owner ... --due ...")
	}})
	command.Flags().BoolVar(&all, "all", false, "those that are done, too")
	return command
}

func (t *tree) reviewAct() *cobra.Command {
	var order engine.AddAction
	var month, due string
	command := t.verb(verb{use: "act WORDS", short: "Record what is to be done, by whom and until when; it goes on into each next month until it is done", args: cobra.ExactArgs(1), run: func(c *call) (err error) {
		if strings.TrimSpace(order.Owner) == "" {
			return wrongUsage("--owner is missing: who does it")
		}
		if order.Due, err = calendar.ParseDate(due); err != nil {
			return wrongUsage("--due: %w", err)
		}
		cycle, err := c.findCycle(month)
		if err != nil {
			return err
		}
		order.Cycle, order.Words = cycle.ID, c.args[0]
		return c.do(order)
	}})
	command.Flags().StringVar(&order.Owner, "owner", "", "who does it (required)")
	command.Flags().StringVar(&due, "due", "", "the `day` until which it is done, like 2026-12-01 (required)")
	monthFlag(command, &month)
	return command
}

func (t *tree) reviewFinish() *cobra.Command {
	var note string
	command := t.verb(verb{use: "finish ACTION", short: "End an action with a note of what was done", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needNote(note); err != nil {
			return err
		}
		return c.do(engine.FinishAction{ID: strings.ToUpper(c.args[0]), Note: note})
	}})
	command.Flags().StringVar(&note, "note", "", "what was done (required)")
	return command
}

// quarterOf gives the named quarter, or the current one.
func (c *call) quarterOf(name string) (string, error) {
	if name == "" {
		zone := c.session.Zone
		if zone == nil {
			zone = c.view().At.Location()
		}
		return calendar.QuarterOf(calendar.DateOf(c.view().At, zone)).String(), nil
	}
	quarter, err := calendar.ParseQuarter(name)
	if err != nil {
		return "", wrongUsage("%w", err)
	}
	return quarter.String(), nil
}

func quarterFlag(command *cobra.Command, quarter *string) {
	command.Flags().StringVar(quarter, "quarter", "", "the quarter, like 2026-Q4; left out, the current one")
}

func (t *tree) reviewQuestions() *cobra.Command {
	var quarter string
	command := t.verb(verb{use: "questions", short: "Show the quarterly questionnaire with its answers", reads: always, run: func(c *call) error {
		name, err := c.quarterOf(quarter)
		if err != nil {
			return err
		}
		var answers map[string]procedure.Answer
		for _, q := range c.view().Procedure.Quarterly {
			if q.Quarter == name {
				answers = q.Answers
			}
		}
		var rows [][]string
		for _, q := range procedure.QuarterlyQuestions {
			a, given := answers[q.Key]
			if c.json {
				line := struct {
					Quarter string `json:"quarter"`
					procedure.Question
					Answer *procedure.Answer `json:"answer,omitempty"`
				}{Quarter: name, Question: q}
				if given {
					line.Answer = &a
				}
				if err := c.object(line); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{q.Key, q.Words, orDash(a.Words), orDash(a.By)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"KEY", 0}, {"QUESTION", 0}, {"ANSWER IN " + name, 60}, {"BY", 20}}, rows, "")
	}})
	quarterFlag(command, &quarter)
	return command
}

func (t *tree) reviewAnswer() *cobra.Command {
	var quarter string
	command := t.verb(verb{use: "answer QUESTION WORDS", short: "Answer a question of the quarterly questionnaire", args: cobra.ExactArgs(2), run: func(c *call) error {
		name, err := c.quarterOf(quarter)
		if err != nil {
			return err
		}
		if err := procedure.CheckAnswer(c.args[0], c.args[1]); err != nil {
			return wrongUsage("%w", err)
		}
		return c.do(engine.AnswerQuestion{Quarter: name, Question: c.args[0], Words: c.args[1]})
	}})
	quarterFlag(command, &quarter)
	return command
}

func (t *tree) reviewSources() *cobra.Command {
	return t.verb(verb{use: "sources", short: "List the outside sources that security keeps and reviews each quarter", reads: always, run: func(c *call) error {
		var rows [][]string
		for _, s := range c.view().Procedure.Sources {
			if c.json {
				if err := c.object(s); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{s.Name, s.Address, s.Why, orDash(s.Reviewed), orDash(s.Verdict)})
		}
		if c.json {
			return nil
		}
		return c.table([]column{{"SOURCE", 40}, {"ADDRESS", 60}, {"WHY", 50}, {"REVIEWED", 0}, {"VERDICT", 40}}, rows, "no outside source is listed: patchdeck review add-source NAME --address ... --why ...")
	}})
}

func (t *tree) reviewSource() *cobra.Command {
	var quarter, verdict string
	command := t.verb(verb{use: "source NAME", short: "Say what the quarter's review of an outside source found", args: cobra.ExactArgs(1), run: func(c *call) error {
		if strings.TrimSpace(verdict) == "" {
			return wrongUsage("--verdict is missing: keep it or not, and why")
		}
		name, err := c.quarterOf(quarter)
		if err != nil {
			return err
		}
		return c.do(engine.ReviewOutsideSource{Quarter: name, Name: c.args[0], Verdict: verdict})
	}})
	command.Flags().StringVar(&verdict, "verdict", "", "what the review found (required)")
	quarterFlag(command, &quarter)
	return command
}

func (t *tree) reviewAddSource() *cobra.Command {
	var order engine.ListOutsideSource
	command := t.verb(verb{use: "add-source NAME", short: "Put an outside source on the list, or change it", args: cobra.ExactArgs(1), run: func(c *call) error {
		order.Name = c.args[0]
		if err := (procedure.Source{Name: order.Name, Address: order.Address, Why: order.Why}).Check(); err != nil {
			return wrongUsage("%w", err)
		}
		return c.do(order)
	}})
	command.Flags().StringVar(&order.Address, "address", "", "where it is, beginning with https:// (required)")
	command.Flags().StringVar(&order.Why, "why", "", "why it is worth reading (required)")
	return command
}

func (t *tree) reviewDropSource() *cobra.Command {
	var reason string
	command := t.verb(verb{use: "drop-source NAME", short: "Take an outside source off the list", args: cobra.ExactArgs(1), run: func(c *call) error {
		if err := needReason(reason); err != nil {
			return err
		}
		return c.do(engine.DropOutsideSource{Name: c.args[0], Reason: reason})
	}})
	reasonFlag(command, &reason)
	return command
}
