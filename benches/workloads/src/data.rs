//! The arrays of the workloads, by a recipe that any process follows to the same bytes.

use half::{bf16, f16};
use ndarray::{ArrayD, IxDyn};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::gpt2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    F16,
    Bf16,
    F32,
    F64,
    I32,
    /// The bits of `F16`, for libraries that don't know it.
    U16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fill {
    /// Normal numbers that come again after 4 MiB, which nobody but a compressor could notice.
    Repeated,
    /// Normal numbers; as integers 0 to about 16, small ones most often.
    Normal,
    /// Nine of ten are zero, the others normal.
    MostlyZero,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Shapes {
    /// `a`
    One(Vec<usize>),
    /// `a00000`, `a00001`, … of so many items each
    Many { count: usize, items: usize },
    /// The 148 tensors of GPT-2 with this width; 768 is the small one.
    Gpt2 { width: usize },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Data {
    pub(crate) kind: Kind,
    pub(crate) fill: Fill,
    pub(crate) shapes: Shapes,
    /// The order in which the axes are handed to the libraries, if it isn't that of memory.
    pub(crate) axes: Option<Vec<usize>>,
}

impl Data {
    pub(crate) fn new(kind: Kind, shapes: Shapes) -> Self {
        Self { kind, fill: Fill::Repeated, shapes, axes: None }
    }

    /// The name and the shape in memory of each array.
    pub(crate) fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        match &self.shapes {
            Shapes::One(shape) => vec![("a".to_owned(), shape.clone())],
            Shapes::Many { count, items } => {
                (0..*count).map(|number| (format!("a{number:05}"), vec![*items])).collect()
            }
            Shapes::Gpt2 { width } => gpt2::tensors(*width),
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.tensors().into_iter().map(|(name, _)| name).collect()
    }

    /// Bytes of all arrays.
    pub(crate) fn size(&self) -> usize {
        let items: usize = self.tensors().iter().map(|(_, shape)| count(shape)).sum();
        let width = match self.kind {
            Kind::F16 | Kind::Bf16 | Kind::U16 => 2,
            Kind::F32 | Kind::I32 => 4,
            Kind::F64 => 8,
        };
        items * width
    }

    pub(crate) fn arrays<A: Number>(&self) -> Result<Vec<(String, ArrayD<A>)>> {
        let mut source = Source::new(self.fill);
        let mut arrays = Vec::new();
        for (name, shape) in self.tensors() {
            let items = source.items(count(&shape));
            let array = ArrayD::from_shape_vec(IxDyn(&shape), items)?;
            let array = match &self.axes {
                Some(axes) => array.permuted_axes(IxDyn(axes)),
                None => array,
            };
            arrays.push((name, array));
        }
        Ok(arrays)
    }

    /// The items of all arrays in the order of memory, one array after the other.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self.kind {
            Kind::F16 => self.bytes_of::<f16>(),
            Kind::Bf16 => self.bytes_of::<bf16>(),
            Kind::F32 => self.bytes_of::<f32>(),
            Kind::F64 => self.bytes_of::<f64>(),
            Kind::I32 => self.bytes_of::<i32>(),
            Kind::U16 => self.bytes_of::<u16>(),
        }
    }

    fn bytes_of<A: Number>(&self) -> Vec<u8> {
        let mut source = Source::new(self.fill);
        let mut bytes = Vec::with_capacity(self.size());
        for (_, shape) in self.tensors() {
            bytes.extend_from_slice(bytemuck::cast_slice(&source.items::<A>(count(&shape))));
        }
        bytes
    }
}

fn count(shape: &[usize]) -> usize {
    shape.iter().product()
}

struct Source {
    fill: Fill,
    random: SmallRng,
    block: Vec<f32>,
}

impl Source {
    fn new(fill: Fill) -> Self {
        let mut random = SmallRng::seed_from_u64(1);
        let block = match fill {
            Fill::Repeated => (0..1 << 20).map(|_| normal(&mut random)).collect(),
            Fill::Normal | Fill::MostlyZero => Vec::new(),
        };
        Self { fill, random, block }
    }

    fn items<A: Number>(&mut self, count: usize) -> Vec<A> {
        let random = &mut self.random;
        match self.fill {
            Fill::Normal => (0..count).map(|_| A::of(normal(random))).collect(),
            Fill::MostlyZero => {
                let mut number = || if random.random_ratio(1, 10) { normal(random) } else { 0.0 };
                (0..count).map(|_| A::of(number())).collect()
            }
            Fill::Repeated => {
                let block: Vec<A> =
                    self.block.iter().take(count).map(|number| A::of(*number)).collect();
                let mut items = Vec::with_capacity(count);
                while items.len() < count {
                    items.extend_from_slice(&block[..block.len().min(count - items.len())]);
                }
                items
            }
        }
    }
}

fn normal(random: &mut SmallRng) -> f32 {
    StandardNormal.sample(random)
}

/// What all libraries' items have in common here.
pub(crate) trait Number: npz_core::Element + bytemuck::Pod + Send + Sync {
    const SAFETENSORS: safetensors::Dtype;

    fn of(normal: f32) -> Self;
}

macro_rules! numbers {
    ($($item:ty, $dtype:ident, $of:expr;)*) => {$(
        impl Number for $item {
            const SAFETENSORS: safetensors::Dtype = safetensors::Dtype::$dtype;

            fn of(normal: f32) -> Self {
                let of: fn(f32) -> Self = $of;
                of(normal)
            }
        }
    )*};
}

numbers! {
    f16, F16, f16::from_f32;
    bf16, BF16, bf16::from_f32;
    f32, F32, |normal| normal;
    f64, F64, f64::from;
    i32, I32, |normal| (normal.abs() * 4.0) as i32;
    u16, U16, |normal| f16::from_f32(normal).to_bits();
}
