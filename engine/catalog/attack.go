package catalog

import "time"

// Attack is a worm of history and the days that there were between the bulletin and it.
type Attack struct {
	Name string
	Days int
}

// Attacks are what the days of a rollout are held against, the fastest first.
var Attacks = []Attack{
	{"Zotob", 5}, {"Sasser", 14}, {"Blaster", 25}, {"Code Red", 28}, {"Kaht", 49}, {"Slammer", 184}, {"Klez-E", 294}, {"Nimda", 336},
}

// Days counts the days from a bulletin to an instant; a day that has begun counts. It is -1 where one of the two is not known.
func Days(bulletin, until time.Time) int {
	if bulletin.IsZero() || until.IsZero() {
		return -1
	}
	const day = 24 * time.Hour
	return int((max(0, until.Sub(bulletin)) + day - 1) / day)
}

// Outrun lists the attacks of history that would have come before a rollout of so many days was through.
func Outrun(days int) (names []string) {
	for _, a := range Attacks {
		if days > a.Days {
			names = append(names, a.Name)
		}
	}
	return names
}
