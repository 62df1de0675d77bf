package simulator

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Faults is how much goes wrong in the fleet: a level, the names of faults, or a level and names, separated by commas. A
// name may bring the share of the servers that have it, in percent: "usual,drain-fails=20". Without one all have it.
type Faults string

// Levels of faults.
const (
	NoFaults    Faults = "none"  // every server does what it is told
	UsualFaults Faults = "usual" // an ordinary night: about 2 % of the servers fail, more of them need patience
	HarshFaults Faults = "harsh" // an update that breaks one kind of server: a night that has to be stopped
)

// Levels are the names of the levels.
var Levels = []Faults{NoFaults, UsualFaults, HarshFaults}

// KnownFault is a fault that can be asked for by its name.
type KnownFault struct{ Name, Words string }

// KnownFaults lists the faults that can be asked for by name: what can befall a server first, then what can befall any
// server besides.
func KnownFaults() (all []KnownFault) {
	for _, f := range slices.Concat(fates, nuisances) {
		all = append(all, KnownFault{f.flag(), f.words})
	}
	return all
}

// flag is the fault's name as one word.
func (f *fault) flag() string { return strings.ReplaceAll(strings.ToLower(f.name), " ", "-") }

// selection is Faults taken apart.
type selection struct {
	level     Faults
	fates     []share
	nuisances []share
}

// share is a fault and the part of the servers that have it, from 0 to 1.
type share struct {
	*fault
	part float64
}

// ParseFaults checks what is to go wrong and gives it in its usual spelling; nothing is NoFaults.
func ParseFaults(text string) (Faults, error) {
	if strings.TrimSpace(text) == "" {
		return NoFaults, nil
	}
	s, err := readFaults(text)
	if err != nil {
		return "", err
	}
	return s.faults(), nil
}

var errFaults = errors.New("want none, usual or harsh, and names of faults like drain-fails or drain-fails=20 (percent), separated by commas; simulate --help lists them")

// longestFaults bounds what is read, in bytes.
const longestFaults = 4 << 10

func readFaults(text string) (selection, error) {
	s := selection{level: NoFaults}
	if len(text) > longestFaults {
		return s, fmt.Errorf("faults: more than %d bytes: %w", longestFaults, errFaults)
	}
	levels := 0
	for word := range strings.SplitSeq(strings.ToLower(text), ",") {
		word = strings.TrimSpace(word)
		if slices.Contains(Levels, Faults(word)) {
			s.level = Faults(word)
			levels++
			continue
		}
		name, percent, given := strings.Cut(word, "=")
		part := 1.0
		if given {
			number, err := strconv.ParseFloat(percent, 64)
			if err != nil || math.IsNaN(number) || number <= 0 || number > 100 {
				return s, fmt.Errorf("faults: %q: want a share above 0 and up to 100 percent", word)
			}
			part = number / 100
		}
		if !s.add(strings.ReplaceAll(strings.TrimSpace(name), " ", "-"), part) {
			return s, fmt.Errorf("faults %q: %w", word, errFaults)
		}
	}
	if levels > 1 {
		return s, fmt.Errorf("faults %q: more than one level: %w", text, errFaults)
	}
	return s, nil
}

// add takes a fault in by its name; ok is false for one that is not known or stands there already.
func (s *selection) add(name string, part float64) (ok bool) {
	for list, to := range map[*[]fault]*[]share{&fates: &s.fates, &nuisances: &s.nuisances} {
		for i := range *list {
			f := &(*list)[i]
			if f.flag() != name {
				continue
			}
			if slices.ContainsFunc(*to, func(other share) bool { return other.fault == f }) {
				return false
			}
			*to = append(*to, share{f, part})
			return true
		}
	}
	return false
}

func (s *selection) faults() Faults {
	words := []string{string(s.level)}
	for _, one := range slices.Concat(s.fates, s.nuisances) {
		word := one.flag()
		if one.part < 1 {
			word += "=" + strconv.FormatFloat(one.part*100, 'g', -1, 64)
		}
		words = append(words, word)
	}
	if len(words) > 1 && s.level == NoFaults {
		words = words[1:]
	}
	return Faults(strings.Join(words, ","))
}

// fateOf gives a server its one fate: each that was asked for with a share is drawn in turn, those for all servers share
// out who is left, and without any the level decides. What was asked for by name spares nobody.
func (s *selection) fateOf(p *profile) *fault {
	var whole []*fault
	for _, one := range s.fates {
		if one.part == 1 {
			whole = append(whole, one.fault)
		} else if p.draws.fraction("fault: "+one.name, 0) < one.part {
			return one.fault
		}
	}
	if len(whole) > 0 {
		return whole[rankInBlock(p.draws.seed, p.index, block)%len(whole)]
	}
	return fateOf(p, s.level)
}

func (s *selection) nuisancesOf(p *profile) []*fault {
	all := nuisancesOf(p, s.level)
	for _, one := range s.nuisances {
		if p.draws.fraction("fault: "+one.name, 0) < one.part && !slices.Contains(all, one.fault) {
			all = append(all, one.fault)
		}
	}
	return all
}
