package engine

// pile collects ids until somebody takes them all, each once. It stays cheap however many once lay on it.
type pile struct {
	list []string
	in   ids
}

func (p *pile) add(id string) {
	if _, there := p.in[id]; there {
		return
	}
	if p.in == nil {
		p.in = ids{}
	}
	p.in[id] = struct{}{}
	p.list = append(p.list, id)
}

// take empties the pile.
func (p *pile) take() []string {
	list := p.list
	p.list, p.in = nil, nil
	return list
}
