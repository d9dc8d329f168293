//! Random inputs: the state never panics, never waits busily, and changes nothing at a service but
//! by the sheet made for it.

use std::time::Duration;

use proptest::prelude::*;

use super::services::error;
use super::world::World;
use crate::api::ApiErrorKind;
use crate::app::Pane;
use crate::app::effect::{Effect, Load};
use crate::app::key::{Code, Input, Key, MouseInput, Target};
use crate::app::msg::{Answer, Msg};

#[derive(Debug, Clone)]
enum Step {
    Key(Key),
    Paste(String),
    Mouse(MouseInput),
    Resize(u16, u16),
    Wait(u64),
    /// Answers the oldest open effect, or fails it.
    Answer(bool),
    Tick,
}

fn key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        8 => prop::sample::select("jklhudeosSytiLafgGvV*qyn/,.:?!z1234R ~px".chars().collect::<Vec<_>>())
            .prop_map(Code::Char),
        4 => prop::sample::select(vec![
            Code::Enter, Code::Esc, Code::Tab, Code::BackTab, Code::Backspace, Code::Delete,
            Code::Home, Code::End, Code::PageUp, Code::PageDown, Code::Up, Code::Down, Code::Left,
            Code::Right, Code::F(1), Code::F(5),
        ]),
        1 => any::<char>().prop_map(Code::Char),
    ];
    let ctrl = prop::bool::weighted(0.1);
    (code, ctrl).prop_map(|(code, ctrl)| Key {
        code,
        ctrl,
        alt: false,
        shift: false,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let target = prop_oneof![
        Just(Target::Modal),
        prop::sample::select(Pane::ALL.to_vec()).prop_map(Target::Pane),
    ];
    let mouse = (target, any::<bool>(), 0_usize..9).prop_map(|(target, click, row)| {
        if click {
            let row = Some(row);
            MouseInput::Click { target, row }
        } else {
            let down = row % 2 == 0;
            MouseInput::Wheel { target, down }
        }
    });
    prop_oneof![
        14 => key().prop_map(Step::Key),
        2 => Just(Step::Key(Key::char('y'))),
        2 => Just(Step::Key(Key::ctrl('s'))),
        1 => "\\PC{0,12}|[/a-z \n\x1b]{0,12}".prop_map(Step::Paste),
        1 => mouse.prop_map(Step::Mouse),
        1 => (0_u16..200, 0_u16..60).prop_map(|(w, h)| Step::Resize(w, h)),
        2 => Just(Step::Resize(120, 30)),
        3 => (0_u64..900).prop_map(Step::Wait),
        6 => prop::bool::weighted(0.9).prop_map(Step::Answer),
        1 => Just(Step::Tick),
    ]
}

/// Whether the sheet on top may have this effect by this step: by a key, or, where a key told it to
/// look once more before it sends, by the answer to that.
fn allowed(effect: &Effect, step: &Step, top: &str) -> bool {
    let by_key = matches!(step, Step::Key(_));
    match effect {
        Effect::Upload { .. } if top.starts_with("PlanSheet") => {
            by_key || (matches!(step, Step::Answer(true)) && top.contains("stage: Looking"))
        }
        Effect::Upload { .. } => by_key && top.starts_with("UploadForm"),
        Effect::Update { .. } => by_key && top.starts_with("EditSheet"),
        _ => by_key && top.starts_with("DeleteSheet"),
    }
}

fn fail(effect: &Effect) -> Option<Msg> {
    let error = || error(ApiErrorKind::Transport);
    Some(match effect {
        Effect::Load { id, what, .. } => Msg::Loaded {
            id: *id,
            answer: match what {
                Load::Containers => Answer::Containers(Err(error())),
                Load::Container(_) => Answer::Container(Err(error())),
                Load::Segments(..) => Answer::Segments(Err(error())),
                Load::SegmentTexts(..) => Answer::SegmentTexts(Err(error())),
                Load::Assets(..) => Answer::Assets(Err(error())),
                Load::Marks(..) | Load::Sweep(..) => Answer::Marks(Err(error())),
                // What was kept does not fail, but may be nothing.
                Load::Kept(..) => Answer::KeptMarks(Vec::new()),
                Load::Tree { .. } => Answer::Tree(Err(error())),
                Load::Digests(_) => Answer::Digests(crate::domain::Digests::default()),
                Load::Contents(..) => Answer::Contents(Err(error())),
                Load::Uses => Answer::Uses(Err(error())),
                Load::Scan(_) => Answer::Scanned(Err(error())),
            },
        },
        Effect::Connect { account, .. } => Msg::Connected {
            account: account.clone(),
            result: Err(crate::api::ConnectError::Api(error())),
        },
        _ => return None,
    })
}

/// Takes one step and checks what must hold whatever it was.
fn take(world: &mut World, step: &Step) -> Result<(), TestCaseError> {
    // What can be done in a sheet is chosen in another one above it, by Enter alone.
    let helps = matches!(world.state.modals.last(), Some(it) if !it.has_help());
    let below = world.state.modals.iter().rev().find(|it| it.has_help());
    // What was sent off before goes on below it when its answer comes.
    let chosen = match step {
        Step::Key(key) => key.code == Code::Enter,
        step => matches!(step, Step::Answer(_)),
    };
    let top = below
        .filter(|_| !helps || chosen)
        .map(|modal| format!("{modal:?}"))
        .unwrap_or_default();
    world.take();
    match step {
        Step::Key(key) => world.send(Msg::Input(Input::Key(*key))),
        Step::Paste(text) => world.paste(text),
        Step::Mouse(mouse) => world.send(Msg::Input(Input::Mouse(*mouse))),
        Step::Resize(w, h) => world.send(Msg::Input(Input::Resize(*w, *h))),
        Step::Wait(ms) => {
            world.now += Duration::from_millis(*ms);
            world.send(Msg::Tick);
        }
        Step::Answer(sound) if !world.open.is_empty() => {
            let effect = world.open.remove(0);
            match fail(&effect).filter(|_| !sound) {
                Some(msg) => world.send(msg),
                None => world.answer(&effect),
            }
        }
        Step::Answer(_) | Step::Tick => world.send(Msg::Tick),
    }
    for effect in world.log.iter().filter(|it| it.is_destructive()) {
        prop_assert!(
            allowed(effect, step, &top),
            "{effect:?} by {step:?} on {top:.40}"
        );
    }
    // After a tick nothing is due any more, so the loop never spins.
    world.send(Msg::Tick);
    if let Some(deadline) = world.state.deadline() {
        prop_assert!(deadline > world.now, "busy after {step:?}");
    }
    let _ = (
        world.state.modal_views(),
        world.state.hints(),
        world.state.details(),
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_input_is_survived_and_nothing_changes_without_its_sheet(
        start in 0_u8..8,
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = match start {
            0 => World::cold(),
            7 => World::at_doc(),
            _ => World::at_site(),
        };
        // Often a sheet stands already, since chance alone seldom gets as far as its yes.
        let sheet = match start {
            2 => "d",
            3 => "e",
            4 | 5 => "u",
            _ => "1 2 3",
        };
        world.keys(sheet);
        world.settle();
        if start == 5 {
            world.keys("j enter");
            world.settle();
        }
        for step in &steps {
            take(&mut world, step)?;
        }
        // Whatever happened, Ctrl-C twice leaves.
        world.send(Msg::Input(Input::Key(Key::ctrl('c'))));
        world.take();
        world.send(Msg::Input(Input::Key(Key::ctrl('c'))));
        prop_assert!(world.log.contains(&Effect::Quit));
    }
}
