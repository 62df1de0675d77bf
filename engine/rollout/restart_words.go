package rollout

import "fmt"

// RestartWords says how the restart of an advertisement's server was handled.
func (ad *Advertisement) RestartWords() string {
	switch {
	case ad.Delivery == RestartPending:
		return "owed"
	case ad.Delivery == Restarting:
		return "ordered, not back yet"
	case ad.Restarts == 0 && ad.Delivery == Succeeded:
		return "not needed"
	case ad.Restarts == 0:
		return ""
	case ad.Restarts == 1:
		return "ordered by us"
	}
	return fmt.Sprintf("ordered by us, %d times", ad.Restarts)
}
