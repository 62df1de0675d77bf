package simulator

import (
	"encoding/json"
	"time"
)

// removableView is the result of the script removable.
type removableView struct {
	Updates []removableUpdate `json:"updates"`
	Time    stamp             `json:"time"`
}

type removableUpdate struct {
	KB       string   `json:"kb"`
	Packages []string `json:"packages"`
}

func (h *host) runRemovable(parameters json.RawMessage, now time.Time) (any, error) {
	asked, err := read[struct {
		Removals []removalOrder `json:"removals"`
	}](parameters)
	if err != nil {
		return nil, err
	}
	view := removableView{Updates: []removableUpdate{}, Time: h.shown(now)}
	for _, order := range asked.Removals {
		u := removableUpdate{KB: order.KB, Packages: []string{}}
		switch {
		case !h.present(order):
		case order.Package != nil:
			if by := order.Package.Remove.Product + order.Package.Remove.Program; by != "" {
				u.Packages = append(u.Packages, by)
			}
		case order.Build != "":
			u.Packages = append(u.Packages, h.packageName(h.system.ubr))
		default:
			u.Packages = append(u.Packages, "Package_for_"+order.KB+"~31bf3856ad364e35~amd64~~10.0.1.0")
		}
		view.Updates = append(view.Updates, u)
	}
	return view, nil
}
