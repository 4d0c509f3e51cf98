//! Who waits for whom, without circles.

/// A graph of waiting. A whole waits for its parts, and a part for what its whole waits for.
#[derive(Default)]
pub(crate) struct Waiting {
    nodes: Vec<Node>,
    /// How many searches there were.
    round: usize,
}

#[derive(Default)]
struct Node {
    whole: Option<usize>,
    parts: Vec<usize>,
    /// Whom it waits for, and the line that says so.
    waits: Vec<(usize, u32)>,
    /// The search that saw it last, and where that came from.
    seen: usize,
    came: Option<(usize, u32)>,
}

/// A circle: each node waits for the next one, the last for the first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    /// Nodes with the line that makes each wait, 0 where none does; the node of the first line comes first.
    pub(crate) steps: Vec<(usize, u32)>,
}

impl Waiting {
    /// A new node, part of another one or not.
    pub(crate) fn node(&mut self, whole: Option<usize>) -> usize {
        let index = self.nodes.len();
        if let Some(whole) = whole {
            self.nodes[whole].parts.push(index);
        }
        self.nodes.push(Node { whole, ..Node::default() });
        index
    }

    /// Lets `from` wait for `to`, unless that closes a circle.
    pub(crate) fn wait(&mut self, from: usize, to: usize, line: u32) -> Result<(), Circle> {
        let Some(path) = self.path(to, from) else {
            self.nodes[from].waits.push((to, line));
            return Ok(());
        };
        let mut steps: Vec<(usize, u32)> = std::iter::once((from, line)).chain(path).collect();
        let first = (0..steps.len()).filter(|at| steps[*at].1 > 0).min_by_key(|at| steps[*at].1).unwrap_or(0);
        steps.rotate_left(first);
        Err(Circle { steps })
    }

    /// How `from` leads to `to` or to a part of it.
    fn path(&mut self, from: usize, to: usize) -> Option<Vec<(usize, u32)>> {
        self.round += 1;
        let mut open = vec![from];
        self.nodes[from].seen = self.round;
        self.nodes[from].came = None;
        while let Some(node) = open.pop() {
            if self.is_in(node, to) {
                let steps = std::iter::successors(self.nodes[node].came, |(before, _)| self.nodes[*before].came);
                let mut path: Vec<(usize, u32)> = steps.collect();
                path.reverse();
                return Some(path);
            }
            let inherited = self.nodes[node].whole.map(|whole| self.nodes[whole].waits.as_slice()).unwrap_or_default();
            let parts = self.nodes[node].parts.iter().map(|part| (*part, 0));
            let next: Vec<(usize, u32)> = self.nodes[node].waits.iter().chain(inherited).copied().chain(parts).collect();
            for (next, line) in next {
                if std::mem::replace(&mut self.nodes[next].seen, self.round) != self.round {
                    self.nodes[next].came = Some((node, line));
                    open.push(next);
                }
            }
        }
        None
    }

    fn is_in(&self, mut node: usize, whole: usize) -> bool {
        loop {
            if node == whole {
                return true;
            }
            match self.nodes[node].whole {
                Some(above) => node = above,
                None => return false,
            }
        }
    }
}

impl Circle {
    /// `A -> C -> B -> A (lines 7, 12, 17)`
    pub(crate) fn shown<'t>(&self, title: impl Fn(usize) -> &'t str) -> String {
        let titles: Vec<&str> = self.steps.iter().chain(self.steps.first()).map(|(node, _)| title(*node)).collect();
        let mut lines: Vec<u32> = self.steps.iter().map(|(_, line)| *line).filter(|line| *line > 0).collect();
        lines.sort_unstable();
        let lines = lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        format!("{} (lines {lines})", titles.join(" -> "))
    }

    /// The node and line it is reported at.
    pub(crate) fn first(&self) -> (usize, u32) {
        self.steps[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_that_closes_a_circle_is_refused_with_the_way() {
        let mut graph = Waiting::default();
        let (a, b, c) = (graph.node(None), graph.node(None), graph.node(None));
        assert_eq!(graph.wait(a, c, 7), Ok(()));
        assert_eq!(graph.wait(b, a, 12), Ok(()));
        let circle = graph.wait(c, b, 17).expect_err("circle");
        assert_eq!(circle.shown(|node| ["a", "b", "c"][node]), "a -> c -> b -> a (lines 7, 12, 17)");
        assert!(graph.wait(a, a, 1).is_err());
    }

    #[test]
    fn a_part_and_its_whole_never_wait_for_each_other() {
        let mut graph = Waiting::default();
        let whole = graph.node(None);
        let part = graph.node(Some(whole));
        let other = graph.node(None);
        assert!(graph.wait(part, whole, 1).is_err());
        assert!(graph.wait(whole, part, 1).is_err());
        assert_eq!(graph.wait(whole, other, 2), Ok(()));
        assert!(graph.wait(other, part, 3).is_err());
    }
}
