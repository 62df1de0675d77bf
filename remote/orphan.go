package remote

import (
	"context"
	"time"

	"patchdeck/engine"
	"patchdeck/engine/rollout"
)

// Leftovers are tasks and folders on a server of jobs that nobody knows any more.
type Leftovers struct {
	Orphans []Orphan
	More    bool // the list was cut: ask again after removing these
	Time    time.Time
}

// Orphan is what one job left behind.
type Orphan struct {
	Job     string
	Last    time.Time // when something last happened to it; zero when nobody knows
	Task    bool
	Folder  bool // maybe only its tombstone
	Removed bool
	Words   string // why it could not be removed
}

// orphanResult is the result of the script clean-up.
type orphanResult struct {
	Orphans []struct {
		Job     string `json:"job"`
		Last    string `json:"last"`
		Task    bool   `json:"task"`
		Folder  bool   `json:"folder"`
		Removed bool   `json:"removed"`
		Words   string `json:"words"`
	} `json:"orphans"`
	More bool   `json:"more"`
	Time string `json:"time"`
}

type orphanParameters struct {
	Live   []string `json:"live"`
	Days   int      `json:"days"`
	Remove bool     `json:"remove"`
}

// Orphans lists what jobs left on a server that are not among live and of which nothing was seen for age (at least a day).
func (f *Fleet) Orphans(ctx context.Context, target engine.Target, live []string, age time.Duration) (Leftovers, error) {
	return f.leftovers(ctx, target, live, age, false)
}

// CleanUp removes them, tombstones included: the ids may be used again afterwards.
func (f *Fleet) CleanUp(ctx context.Context, target engine.Target, live []string, age time.Duration) (Leftovers, error) {
	return f.leftovers(ctx, target, live, age, true)
}

func (f *Fleet) leftovers(ctx context.Context, target engine.Target, live []string, age time.Duration, remove bool) (Leftovers, error) {
	const day = 24 * time.Hour
	if age < day {
		return Leftovers{}, &rollout.Failure{Class: rollout.ClassConfig, Code: "PD-AGE", Words: "what is younger than a day is nobody's leftover; ask for at least 24h"}
	}
	var result orphanResult
	parameters := orphanParameters{append([]string{}, live...), int((age + day - 1) / day), remove}
	if err := f.call(ctx, target, "clean-up", parameters, &result); err != nil {
		return Leftovers{}, err
	}
	found, err := result.believe(live, remove)
	if err != nil {
		return Leftovers{}, protocolFailure(err)
	}
	return found, nil
}

func (r *orphanResult) believe(live []string, remove bool) (Leftovers, error) {
	const mostOrphans = 500
	var c check
	known := map[string]bool{}
	for _, id := range live {
		known[id] = true
	}
	found := Leftovers{More: r.More, Time: c.time("time", r.Time)}
	c.list("orphans", len(r.Orphans), mostOrphans)
	for _, o := range r.Orphans[:min(len(r.Orphans), mostOrphans)] {
		switch {
		case o.Job == "" || clean(o.Job, 60) != o.Job:
			c.refuse("orphans", "name what cannot be a job")
		case known[o.Job]:
			c.refuse("orphans", "name "+o.Job+", which is known")
		case o.Removed && !remove:
			c.refuse("orphans", "say that "+o.Job+" was removed, which nobody asked for")
		}
		found.Orphans = append(found.Orphans, Orphan{clean(o.Job, 60), c.maybeTime("last", o.Last), o.Task, o.Folder, o.Removed, clean(o.Words, shortWords)})
	}
	return found, c.err
}
